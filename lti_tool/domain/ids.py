"""Identifiers, one type per subject, so that one is never passed for another."""

from typing import NewType
from uuid import UUID

OrganizationId = NewType("OrganizationId", UUID)
SchoolId = NewType("SchoolId", UUID)
RegistrationId = NewType("RegistrationId", UUID)
DeploymentId = NewType("DeploymentId", UUID)
CourseId = NewType("CourseId", UUID)
ResourceLinkId = NewType("ResourceLinkId", UUID)
PersonId = NewType("PersonId", UUID)
ProgramId = NewType("ProgramId", UUID)
PairingId = NewType("PairingId", UUID)
ObjectiveId = NewType("ObjectiveId", UUID)
ActivityId = NewType("ActivityId", UUID)
SubmissionId = NewType("SubmissionId", UUID)
MeetingId = NewType("MeetingId", UUID)
FeedbackFormId = NewType("FeedbackFormId", UUID)

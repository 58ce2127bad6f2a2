"""The rules of supervised career mentoring: pure, standard library only, time passed in.

Each module states its rule in plain words and cites its source. Questions return values;
verdicts list every obstacle; commands that would break a rule raise a `DomainError`.
Proof types (`EligibleMentor`, `ConsentedMentee`, `PermittedMeeting`, `OpenDoor`) can be made
only by the rule that proves them.
"""

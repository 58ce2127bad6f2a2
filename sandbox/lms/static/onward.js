// Let the whole window, not only the frame, go back to the course.
"use strict";
window.top.location.assign(document.getElementById("onward").href);

// Post the answer on to the tool as soon as the page is there.
"use strict";
document.getElementById("launch").submit();

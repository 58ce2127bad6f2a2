// Takes the secret of a mailed link from behind the hash, which no server ever sees, into the form
// that the person sends; then removes it from the address bar and the history.

const secret = document.querySelector("#sign-in-link input[name=secret]");
if (secret && location.hash.length > 1) {
  secret.value = location.hash.slice(1);
  history.replaceState(history.state, "", location.pathname);
}

// When a sign-in ends in the middle of a form: nothing typed is lost.
// The server answers an htmx post with 401; the dialog offers signing in beside this page.

const dialog = document.getElementById("again");
const other = dialog?.querySelector("[data-other]");
const channel = "BroadcastChannel" in window ? new BroadcastChannel("stepdown") : null;
let waiting = null;

const refreshTokens = () => {
  const token = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1];
  if (!token) return;
  document.querySelectorAll("[name=csrfmiddlewaretoken]").forEach(field => { field.value = token; });
};

document.addEventListener("htmx:beforeSwap", event => {
  const { xhr, elt } = event.detail;
  if (xhr.status !== 401 || !dialog) return;
  event.detail.shouldSwap = false;
  event.detail.isError = false;
  waiting = elt.closest("form");
  if (!dialog.open) dialog.showModal();
});

dialog?.querySelector("[data-again]").addEventListener("click", () => {
  refreshTokens();
  dialog.close();
  if (waiting?.isConnected) waiting.requestSubmit();
});

// A tab in which somebody signed in says who it was.
channel?.addEventListener("message", ({ data }) => {
  if (data.kind !== "here" || !dialog?.open) return;
  refreshTokens();
  const stranger = data.actor !== document.body.dataset.actor;
  other.hidden = !stranger;
  dialog.querySelector("[data-again]").hidden = stranger;   // nobody sends another person's words as their own
  other.textContent = stranger ? other.dataset.other : "";
});

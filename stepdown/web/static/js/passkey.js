// The ceremony of a passkey: asks the browser, puts its answer into the form, and sends the form.
// A form is hidden until this browser is known to have passkeys; without them the password stays.
const form = document.querySelector("form[data-passkey]");

const bytes = text => Uint8Array.from(
  atob(text.replace(/-/g, "+").replace(/_/g, "/")), letter => letter.charCodeAt(0));
const text = buffer => btoa(String.fromCharCode(...new Uint8Array(buffer)))
  .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const known = list => (list ?? []).map(each => ({ ...each, id: bytes(each.id) }));

const asked = ({ publicKey }) => {
  const made = { ...publicKey, challenge: bytes(publicKey.challenge) };
  if (publicKey.user) made.user = { ...publicKey.user, id: bytes(publicKey.user.id) };
  if (publicKey.excludeCredentials) made.excludeCredentials = known(publicKey.excludeCredentials);
  if (publicKey.allowCredentials) made.allowCredentials = known(publicKey.allowCredentials);
  return { publicKey: made };
};

const told = credential => {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    const value = credential.response[name];
    if (value) response[name] = text(value);
  }
  const transports = credential.response.getTransports?.();
  if (transports) response.transports = transports;
  return JSON.stringify({
    id: credential.id, rawId: text(credential.rawId), type: credential.type, response,
    clientExtensionResults: credential.getClientExtensionResults(),
    authenticatorAttachment: credential.authenticatorAttachment,
  });
};

const options = async () => {
  const { passkeyOptions, passkeyUrl } = form.dataset;
  if (passkeyOptions) return JSON.parse(document.getElementById(passkeyOptions).textContent);
  const answer = await fetch(passkeyUrl, {
    headers: { "X-Requested-With": "XMLHttpRequest" }, credentials: "same-origin",
  });
  if (!answer.ok) throw new Error(String(answer.status));
  return (await answer.json()).request_options;
};

if (form && window.PublicKeyCredential) {
  const button = form.querySelector("button");
  const said = form.querySelector("[role=status]");
  form.hidden = false;
  form.addEventListener("submit", async event => {
    event.preventDefault();
    button.disabled = true;
    said.textContent = "";
    try {
      const wanted = asked(await options());
      const credential = form.dataset.passkey === "create"
        ? await navigator.credentials.create(wanted)
        : await navigator.credentials.get(wanted);
      form.elements.credential.value = told(credential);
      form.submit();
    } catch {
      said.textContent = form.dataset.passkeyNone;
    } finally {
      button.disabled = false;
    }
  });
}

// Show a passphrase on request, print a card. Every page works without this file.
(() => {
  const words = { en: ['Show', 'Hide'], es: ['Mostrar', 'Ocultar'] };
  const [show, hide] = words[document.documentElement.lang.slice(0, 2)] ?? words.en;
  document.querySelectorAll('input[data-showable]').forEach(input => {
    const button = document.createElement('button');
    const shown = on => {
      input.type = on ? 'text' : 'password';
      button.textContent = on ? hide : show;
      button.setAttribute('aria-pressed', on);
    };
    button.type = 'button';
    button.className = 'btn-link show';
    button.setAttribute('aria-controls', input.id);
    button.addEventListener('click', () => shown(input.type === 'password'));
    input.form.addEventListener('submit', () => shown(false));
    shown(false);
    input.after(button);
  });
  document.querySelectorAll('[data-print]').forEach(button => {
    button.hidden = false;
    button.addEventListener('click', () => print());
  });
})();

// Passkeys: the browser asks the device, and the form sends its answer.
(() => {
  const box = document.querySelector('[data-passkey]'), asks = document.getElementById('passkey-asks');
  if (!box || !asks || !window.PublicKeyCredential) return;
  const form = box.matches('form') ? box : box.querySelector('form');
  const go = box.querySelector('[data-passkey-go]'), no = box.querySelector('[data-passkey-no]');
  const bytes = text => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), c => c.charCodeAt(0));
  const text = buffer => buffer && btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
  const ids = list => (list ?? []).map(one => ({ ...one, id: bytes(one.id) }));
  const options = JSON.parse(asks.textContent).publicKey;
  const creates = box.dataset.passkey === 'create';
  const publicKey = creates
    ? { ...options, challenge: bytes(options.challenge), user: { ...options.user, id: bytes(options.user.id) }, excludeCredentials: ids(options.excludeCredentials) }
    : { ...options, challenge: bytes(options.challenge), allowCredentials: ids(options.allowCredentials) };
  const answer = made => {
    const from = made.response, response = { clientDataJSON: text(from.clientDataJSON) };
    for (const name of ['attestationObject', 'authenticatorData', 'signature', 'userHandle']) {
      if (from[name]) response[name] = text(from[name]);
    }
    return { id: made.id, rawId: text(made.rawId), type: made.type, response, clientExtensionResults: made.getClientExtensionResults() };
  };
  go.hidden = false;
  go.addEventListener('click', async () => {
    no.hidden = true;
    try {
      const made = await (creates ? navigator.credentials.create({ publicKey }) : navigator.credentials.get({ publicKey }));
      form.elements.credential.value = JSON.stringify(answer(made));
      form.submit();
    } catch { no.hidden = false; }
  });
})();

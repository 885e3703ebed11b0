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
    button.className = 'btn-link';
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

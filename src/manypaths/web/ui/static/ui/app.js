// Progressive enhancement only: every page works without this file.
(() => {
  const each = (query, act) => document.querySelectorAll(query).forEach(act);

  // Leave this site: hide first, tell the server, then replace this page in the history. Who presses Back before the
  // server has heard brings the note along that they left (its name and time are those of web/entry/leaving.py).
  const exit = document.querySelector('[data-exit]');
  if (exit) {
    const leave = () => {
      document.documentElement.hidden = true;
      document.title = ' ';
      each('link[rel~=icon]', l => l.remove());
      document.cookie = `page=1; path=/; max-age=1800; samesite=lax${location.protocol === 'https:' ? '; secure' : ''}`;
      try { fetch(exit.getAttribute('href'), { method: 'POST', keepalive: true, credentials: 'same-origin', redirect: 'manual' }).catch(() => 0); } catch { /* leave anyway */ }
      location.replace(exit.dataset.exit);
    };
    let presses = 0, timer;
    exit.addEventListener('click', e => { e.preventDefault(); leave(); });
    addEventListener('keyup', e => {
      if (e.key !== 'Shift') { presses = 0; return; }
      clearTimeout(timer); timer = setTimeout(() => { presses = 0; }, 3000);
      if (++presses === 3) leave();
    });
    addEventListener('keydown', e => { if (e.key !== 'Shift') presses = 0; });
  }

  // Small pop-ups close with Escape or a click elsewhere.
  addEventListener('keydown', e => { if (e.key === 'Escape') each('details.pop[open]', d => { d.open = false; d.querySelector('summary').focus(); }); });
  addEventListener('click', e => each('details.pop[open]', d => { if (!d.contains(e.target)) d.open = false; }));

  // Filters and map stand open on wide screens.
  const wide = matchMedia('(min-width: 60rem)');
  const open = () => { if (wide.matches) each('details[data-wide-open]', d => { d.open = true; }); };
  open(); wide.addEventListener('change', open);

  // After a swap: say its heading in the live region that was there before, go to what is wrong, lead to the list.
  addEventListener('htmx:afterSettle', e => {
    const live = document.querySelector('[data-live]'), head = document.querySelector('.list h2');
    if (live && head) live.textContent = head.textContent.trim().replace(/\s+/g, ' ');
    const sent = e.detail.requestConfig?.triggeringEvent;
    each('[data-wrong]', wrong => {
      const field = document.getElementById(wrong.dataset.wrong), is = wrong.textContent.trim() !== '';
      if (is) field.setAttribute('aria-invalid', 'true'); else field.removeAttribute('aria-invalid');
      if (is && sent?.type === 'submit') field.focus();
    });
    open();
    if (sent?.submitter?.matches('[data-lead]')) {
      sent.submitter.closest('details').open = false;
      head?.scrollIntoView();
    }
  });

  // The device's position, rounded here to two decimals (about 1 km) before anything leaves the device.
  each('[data-locate]', button => {
    if (!navigator.geolocation) return;
    const form = button.form, say = document.getElementById(button.dataset.say);
    button.hidden = false;
    button.addEventListener('click', () => navigator.geolocation.getCurrentPosition(at => {
      form.elements.lat.value = at.coords.latitude.toFixed(2);
      form.elements.lon.value = at.coords.longitude.toFixed(2);
      form.elements.place.value = '';
      say.textContent = button.dataset.yes;
      form.requestSubmit();
    }, () => { say.textContent = button.dataset.no; }, { maximumAge: 600000, timeout: 15000 }));
  });

  // On a shared device a page does not lie open: warn 2 minutes before, stay while somebody writes, then close.
  const idle = document.querySelector('[data-idle]');
  if (idle) {
    const say = idle.querySelector('[role=status]'), button = idle.querySelector('button');
    let last = Date.now(), asked = last;
    const warn = on => { say.textContent = on ? idle.dataset.say : ''; button.hidden = !on; idle.classList.toggle('on', on); };
    const stay = () => { asked = Date.now(); fetch(idle.dataset.stay, { redirect: 'manual' }).then(r => { if (r.status === 204) { last = asked; warn(false); } }).catch(() => 0); };
    button.addEventListener('click', stay);
    addEventListener('input', () => { if (Date.now() - asked > 60000) stay(); });
    setInterval(() => {
      const left = idle.dataset.idle * 1000 - (Date.now() - last);
      if (left < -5000) location.replace(idle.dataset.after);
      else if (left < 180000 && button.hidden) warn(true); // the server notes at most once a minute that we are here
    }, 2000);
  }

  if ('serviceWorker' in navigator && isSecureContext) addEventListener('load', () => navigator.serviceWorker.register('/sw.js').catch(() => 0));
})();

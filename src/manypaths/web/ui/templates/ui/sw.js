// Keeps our own static files and one offline page on the device. Never a page with anything of a person on it.
const FILES = {{ files|safe }}, OFFLINE = {{ offline|safe }}, NAME = 'offline-' + FILES.join().split('').reduce((a, c) => (a * 31 + c.charCodeAt(0)) | 0, 7);
self.addEventListener('install', e => e.waitUntil(caches.open(NAME).then(c => c.addAll(FILES)).then(() => self.skipWaiting())));
self.addEventListener('activate', e => e.waitUntil(caches.keys().then(k => Promise.all(k.filter(n => n !== NAME).map(n => caches.delete(n)))).then(() => self.clients.claim())));
self.addEventListener('fetch', e => {
  const url = new URL(e.request.url);
  if (e.request.method !== 'GET' || url.origin !== location.origin) return;
  if (url.pathname.startsWith('/static/')) e.respondWith(caches.match(e.request).then(r => r || fetch(e.request)));
  else if (e.request.mode === 'navigate') e.respondWith(fetch(e.request).catch(() => caches.match(OFFLINE)));
});

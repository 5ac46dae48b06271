// While developing: /i/{token} is participant.html, and /console with all below it console.html, as the server serves them.
export function pages() {
  return {
    name: 'pages',
    configureServer(server) {
      server.middlewares.use((request, _response, next) => {
        if (request.url?.startsWith('/i/')) request.url = '/participant.html';
        else if (/^\/console(\/|\?|$)/.test(request.url ?? '')) request.url = '/console.html';
        next();
      });
    },
  };
}

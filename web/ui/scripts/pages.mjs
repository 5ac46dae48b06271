// While developing: /i/{token} is participant.html, as the server will serve it.
export function participantPage() {
  return {
    name: 'participant-page',
    configureServer(server) {
      server.middlewares.use((request, _response, next) => {
        if (request.url?.startsWith('/i/')) request.url = '/participant.html';
        next();
      });
    },
  };
}

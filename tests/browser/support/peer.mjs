// The other side of WebRTC, for tests that mock the server.

/** The other side of a call, in the same page: it answers offers, and says what it is told to. */
export function otherSide() {
  window.told = [];
  window.answerTo = async (offer) => {
    const peer = new RTCPeerConnection();
    const context = new AudioContext();
    const tone = context.createOscillator();
    const out = context.createMediaStreamDestination();
    tone.connect(out);
    tone.start();
    window.peer = peer;
    peer.ontrack = (event) => (window.voice = event.track);
    peer.ondatachannel = ({ channel }) => {
      window.channel = channel;
      channel.onmessage = (message) => window.told.push(JSON.parse(message.data));
      channel.onopen = () => channel.send(JSON.stringify({ type: 'session.created', session: { output_modalities: ['audio'] } }));
    };
    await peer.setRemoteDescription({ type: 'offer', sdp: offer });
    peer.addTrack(out.stream.getAudioTracks()[0], out.stream);
    await peer.setLocalDescription();
    while (peer.iceGatheringState !== 'complete') await new Promise((resolve) => setTimeout(resolve, 20));
    return peer.localDescription.sdp;
  };
}

// Whatever listens does so on this machine only.
const net = require('node:net');
const listen = net.Server.prototype.listen;
net.Server.prototype.listen = function (...args) {
  if (args[0] !== null && typeof args[0] === 'object') {
    args[0] = { ...args[0], host: '127.0.0.1' };
  } else if (typeof args[0] === 'number' || typeof args[0] === 'string') {
    const callback = args.find((a) => typeof a === 'function');
    args = [{ port: Number(args[0]), host: '127.0.0.1' }, ...(callback ? [callback] : [])];
  }
  return listen.apply(this, args);
};

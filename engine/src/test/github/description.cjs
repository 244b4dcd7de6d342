// Writes GitHub's description as its servers answer: with their own media type, and without the
// Link headers of its examples, which no answer here has.
const fs = require('node:fs');
const description = JSON.parse(
  fs.readFileSync(require.resolve('@octokit/openapi/generated/api.github.com.json'), 'utf8'));
const used = process.argv.slice(3);
for (const path of Object.keys(description.paths)) {
  if (!used.includes(path)) {
    delete description.paths[path];
  }
}
function walk(node) {
  if (Array.isArray(node)) {
    node.forEach(walk);
  } else if (node !== null && typeof node === 'object') {
    const json = node.content?.['application/json'];
    if (json) {
      node.content['application/vnd.github+json'] = json;
    }
    if (node.headers?.Link) {
      delete node.headers.Link;
    }
    Object.values(node).forEach(walk);
  }
}
walk(description);
fs.writeFileSync(process.argv[2], JSON.stringify(description));

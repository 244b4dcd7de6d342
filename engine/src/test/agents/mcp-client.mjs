// Uses every tool of the engine once with the official TypeScript client, and prints what it heard
// as one JSON object per line. The address and the token are where an agent finds them.
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';

const print = (what, value) => console.log(JSON.stringify({ what, value }));
const transport = new StreamableHTTPClientTransport(new URL(process.env.HIVEDECK_MCP), {
  requestInit: { headers: { Authorization: `Bearer ${process.env.HIVEDECK_TOKEN}` } },
});
const client = new Client({ name: 'peer', version: '1' });

try {
  await client.connect(transport);
} catch (e) {
  print('refused', e.code ?? e.message);
  process.exit(0);
}

const call = async (name, args, options) => {
  const result = await client.callTool({ name, arguments: args }, undefined, options);
  print(name, { error: result.isError, text: result.content[0].text });
  return result;
};

print('tools', (await client.listTools()).tools.map((t) => t.name));
await call('task_get', {});
await call('progress_report', { stage: 25, text: 'The files are there' });
let ticks = 0;
const asked = await call(
  'decision_ask',
  { question: 'Which colour?', options: ['red', 'blue'], wait_seconds: 6 },
  { onprogress: () => ticks++ },
);
print('ticks', ticks);
await call('decision_get', { id: asked.structuredContent.id, wait_seconds: 0 });
await call('task_propose', { title: 'Paint it', prompt: 'Paint it blue.', subtask: true });
await call('subtasks_list', {});
await call('subtask_claim', { id: 'T-2' });
await call('change_diff', { id: 'T-2' });
await call('lesson_record', { text: 'Another client can do this too.' });
print('resources', (await client.listResources()).resources.map((r) => r.uri));
print('templates', (await client.listResourceTemplates()).resourceTemplates.map((r) => r.uriTemplate));
for (const uri of ['hivedeck://plan', 'hivedeck://task/T-1', 'hivedeck://requirement/R-1']) {
  print(uri, (await client.readResource({ uri })).contents[0].text);
}
await transport.terminateSession();
await client.close();

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import RunwayML, { TaskFailedError } from '@runwayml/sdk';
import { isMp4, startFramegate } from './framegate.mjs';

const apiKey = 'the-app-s-own-key';
let framegate, client;
before(async () => {
  framegate = await startFramegate({ FRAMEGATE_CLIENT_KEY: apiKey });
  client = new RunwayML({ apiKey, baseURL: `${framegate.url}/runway` });
});
after(() => framegate.stop());

const video = { model: 'gen4.5', ratio: '1280:720', duration: 5 };

test('create a task and wait for its output', async () => {
  const task = await client.textToVideo.create({ ...video, promptText: 'sdk: a paper boat' }).waitForTaskOutput();
  assert.equal(task.status, 'SUCCEEDED');
  // A list of links: each leads here and opens without a key, so that no key goes to the vendor's files.
  assert.ok(task.output.every(url => url.startsWith(`${framegate.url}/runway/~`)), task.output);
  assert.ok(isMp4(await (await fetch(task.output[0])).arrayBuffer()));
  assert.equal((await fetch(task.output[0].replace('~get~', '~get~x'))).status, 401);
  // It opens its own path, and no other one that names it.
  for (const path of ['/generations', '/spend', '/runway/v1/organization']) {
    assert.equal((await fetch(`${framegate.url}${path}?x=${task.output[0].slice(framegate.url.length)}`)).status, 401, path);
  }

  assert.equal(await framegate.submits('sdk: a paper boat'), 1);
});

test('cancel a task', async () => {
  const { id } = await client.textToVideo.create({ ...video, promptText: 'sdk: sandbox:slow=60' });
  assert.match((await client.tasks.retrieve(id)).status, /PENDING|THROTTLED|RUNNING/);
  await client.tasks.delete(id);
  await assert.rejects(client.tasks.retrieve(id), RunwayML.NotFoundError);
});

test('a moderated task fails as Runway says it', async () => {
  await assert.rejects(
    client.textToVideo.create({ ...video, promptText: 'sdk: sandbox:moderated' }).waitForTaskOutput(),
    error => error instanceof TaskFailedError && error.taskDetails.failureCode.startsWith('SAFETY'));
});

test('errors come as the SDK\'s own classes, and a lost answer is not sent again', async () => {
  await assert.rejects(client.textToVideo.create({ ...video, promptText: 'x', colour: 'red' }), RunwayML.BadRequestError);
  await assert.rejects(client.textToVideo.create({ ...video, promptText: 'sdk lost: sandbox:drop' }));
  assert.equal(await framegate.submits('sdk lost: sandbox:drop'), 1);
});

// What is in deploy/ for fleets: the compose file and the Helm chart. Where helm is installed it renders the chart; everywhere the values are checked against their schema, and the
// templates for what a typing error breaks: blocks that do not end, values that do not exist, YAML that cannot be read once the actions are filled in.
import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync, readdirSync } from 'node:fs'
import { test } from 'node:test'
import Ajv from 'ajv'
import { parseAllDocuments } from 'yaml'

const deploy = new URL('../../deploy/', import.meta.url)
const chart = new URL('helm/framegate/', deploy)
const read = (name, base = chart) => readFileSync(new URL(name, base), 'utf8')
const yaml = text => parseAllDocuments(text).map(document => {
  assert.deepEqual(document.errors.map(e => e.message), [])
  return document.toJS()
}).filter(document => document !== null)
const values = yaml(read('values.yaml'))[0]
const filled = { ...values, store: { ...values.store, postgres: 'Host=db' }, media: { ...values.media, bucket: { ...values.media.bucket, name: 'media' } } }
const check = new Ajv({ strict: false }).compile(JSON.parse(read('values.schema.json')))
const templates = readdirSync(new URL('templates/', chart)).filter(name => name.endsWith('.yaml'))

test('values fit their schema, and what cannot work does not', () => {
  assert.ok(check(filled), JSON.stringify(check.errors))
  assert.ok(check({ ...values, replicas: 1 }), 'one replica needs no database')
  for (const wrong of [values, { ...filled, replicas: 0 }, { ...filled, replica: 3 }, { ...filled, store: { postgres: 'x', lease: '10s' } }, { ...filled, existingSecret: '' },
    { ...values, replicas: 1, autoscaling: { ...values.autoscaling, enabled: true } }, { ...filled, service: { type: 'External', port: 1 } }]) {
    assert.equal(check(wrong), false, JSON.stringify(wrong))
  }
})

test('templates name values that exist, and their blocks end', () => {
  for (const name of templates) {
    const text = read('templates/' + name)
    for (const [, path] of text.matchAll(/\.Values\.([A-Za-z.]+)/g)) {
      const found = path.split('.').reduce((at, key) => at === undefined ? undefined : at[key], values)
      assert.notEqual(found, undefined, `${name}: .Values.${path}`)
    }
    let depth = 0
    for (const [, word] of text.matchAll(/\{\{-?\s*(if|with|range|define|end)\b/g)) {
      depth += word === 'end' ? -1 : 1
      assert.ok(depth >= 0, name)
    }
    assert.equal(depth, 0, name)
  }
})

/** The template with every block kept and every action filled in by a stand-in; indented blocks must be a part of the line that they follow. */
const filledIn = text => text.split('\n').filter(line => !/^\s*\{\{-?\s*(if|else|with|range|end|define|\/\*).*\}\}\s*$/.test(line))
  .map(line => line.replace(/^(\s*)- (\{\{-?\s*with[^}]*\}\})$/, '$1-'))
  .map(line => line.replace(/\{\{-?\s*(?:toYaml|include "framegate\.(?:labels|selector)")[^}]*nindent \d+\s*\}\}/, '{ of: it }'))
  .map(line => line.replace(/\{\{[^}]*\| quote\s*\}\}/g, '"it"').replace(/\{\{[^}]*\}\}/g, 'it')).join('\n')
  .replace(/^(\s*)\{ of: it \}$/gm, '$1- { name: it, value: it }')

const rendered = Object.fromEntries(templates.map(name => [name, yaml(filledIn(read('templates/' + name)))]))
const pod = rendered['deployment.yaml'][0].spec.template.spec
const container = pod.containers[0]

test('pods run without rights, on a read-only root, with probes that mean what they say', () => {
  assert.equal(pod.securityContext.runAsNonRoot, true)
  assert.equal(pod.automountServiceAccountToken, false)
  assert.deepEqual(container.securityContext, { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } })
  assert.equal(container.readinessProbe.httpGet.path, '/health/ready')
  assert.equal(container.livenessProbe.httpGet.path, '/health/live')
  assert.ok(container.readinessProbe.timeoutSeconds > 4, 'a look at database and bucket takes up to 2 s each')
  assert.deepEqual(container.envFrom, [{ secretRef: { name: 'it' } }])
  for (const mount of container.volumeMounts) {
    assert.equal(mount.subPath, undefined, 'a subPath is never updated')
    assert.ok(pod.volumes.some(volume => volume.name === mount.name), mount.name)
  }
  assert.ok(values.terminationGracePeriodSeconds >= 150)
})

test('what the image starts with leaves the command line to the chart', () => {
  const image = readFileSync(new URL('../../Dockerfile', import.meta.url), 'utf8')
  const entry = JSON.parse(/^ENTRYPOINT (.*)$/m.exec(image)[1])
  const options = [...entry, ...container.args].filter(word => word.startsWith('--'))
  assert.deepEqual(options, [...new Set(options)], 'an option that is given twice stops the start')
  assert.equal(container.args[container.args.indexOf('--data') + 1], /STATE_DIRECTORY=(\S+)/.exec(image)[1])
  assert.ok(container.lifecycle.preStop.sleep.seconds > 0 && /kubeVersion: ">=1\.[3-9]\d/.test(read('Chart.yaml')), 'preStop.sleep is known from Kubernetes 1.30 on')
})

test('there are a disruption budget, an autoscaler on open jobs, a service and the configuration', () => {
  assert.deepEqual(templates.flatMap(name => rendered[name]).map(object => object.kind).sort(),
    ['ConfigMap', 'ConfigMap', 'Deployment', 'HorizontalPodAutoscaler', 'Ingress', 'PodDisruptionBudget', 'Service'].sort())
  assert.equal(rendered['horizontalpodautoscaler.yaml'][0].spec.metrics[0].pods.target.type, 'AverageValue')
  assert.ok(readFileSync(new URL('../../docs/metrics.md', import.meta.url), 'utf8').includes(`\`${values.autoscaling.metric}\``))
})

test('helm lints and renders it', { skip: spawnSync('helm', ['version']).status !== 0 && 'helm is not installed' }, () => {
  const set = ['--set', 'store.postgres=Host=db,media.bucket.name=media,autoscaling.enabled=true,ingress.enabled=true,routes=x']
  execFileSync('helm', ['lint', '--strict', chart.pathname, ...set], { stdio: 'pipe' })
  assert.ok(yaml(execFileSync('helm', ['template', 'it', chart.pathname, ...set], { encoding: 'utf8' })).length >= 6)
})

test('the compose file has three replicas on a database, a Redis and a bucket', () => {
  const compose = yaml(read('compose.yml', deploy))[0]
  const { framegate, ...others } = compose.services
  assert.equal(framegate.deploy.replicas, 3)
  assert.equal(framegate.read_only, true)
  assert.equal(framegate.stop_grace_period, '150s')
  assert.ok(framegate.environment.Framegate__Store__Postgres.includes('Host=postgres'))
  assert.equal(framegate.environment.Framegate__Redis, 'redis:6379')
  assert.deepEqual(Object.keys(others).sort(), ['balancer', 'grafana', 'postgres', 'prometheus', 'redis', 's3', 's3-bucket'])
  for (const [name, service] of Object.entries(compose.services)) {
    for (const needed of Array.isArray(service.depends_on) ? service.depends_on : Object.keys(service.depends_on ?? {})) {
      assert.ok(compose.services[needed], `${name} depends on ${needed}`)
    }
    for (const volume of service.volumes ?? []) {
      const from = volume.split(':')[0]
      assert.ok(from.startsWith('./') ? readable(from) : from in compose.volumes, `${name}: ${volume}`)
    }
    for (const secret of service.secrets ?? []) {
      assert.ok(secret in compose.secrets, `${name}: ${secret}`)
    }
  }
})

const readable = path => { try { readFileSync(new URL(path, deploy)); return true } catch (e) { return e.code === 'EISDIR' } }

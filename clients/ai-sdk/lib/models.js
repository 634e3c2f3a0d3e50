import { mayHaveBegun, worstOf } from './errors.js';
import { clean } from './http.js';
import { input, metadataOf, warningsOf } from './generations.js';
import { renewEnded, slotOf } from './slots.js';

const pixelsOf = size => {
  const [width, height] = size?.split('x').map(Number) ?? [];
  return { width, height };
};

const responseOf = (modelId, responseHeaders) => ({ timestamp: new Date(), modelId, headers: responseHeaders });

// Closures and no private fields: ai 7 wraps a model of version 3 in a Proxy.
export function createImageModel(modelId, generations, specificationVersion) {
  return {
    specificationVersion,
    provider: 'framegate',
    modelId,
    maxImagesPerCall: 16,
    async doGenerate(options) {
      const { made, warnings } = await generations.makeAll(modelId, 'image', options.prompt, part => ({
        ...pixelsOf(options.size),
        aspect_ratio: options.aspectRatio,
        seed: options.seed === undefined ? undefined : options.seed + part,
        image: input(options.files?.[0]),
        reference_images: options.files?.length > 1 ? options.files.slice(1).map(input) : undefined,
        mask: input(options.mask),
      }), options, options.n);
      return {
        images: made.flatMap(m => m.files),
        warnings,
        providerMetadata: { framegate: { images: made.flatMap(m => m.files.map(() => metadataOf(m.generation))) } },
        response: responseOf(modelId, made[0].responseHeaders),
      };
    },
  };
}

export function createSpeechModel(modelId, generations, specificationVersion) {
  return {
    specificationVersion,
    provider: 'framegate',
    modelId,
    async doGenerate(options) {
      const unsupported = ['instructions', 'speed', 'language'].filter(f => options[f] !== undefined).map(feature => ({ type: 'unsupported', feature }));
      const { made: [speech], warnings } = await generations.makeAll(modelId, 'audio', options.text, () => ({
        voice: options.voice,
        output_format: options.outputFormat,
      }), options, 1);
      return {
        audio: speech.files[0],
        warnings: [...unsupported, ...warnings],
        providerMetadata: { framegate: metadataOf(speech.generation) },
        response: responseOf(modelId, speech.responseHeaders),
      };
    },
  };
}

function videoParameters(options) {
  const frame = type => input(options.frameImages?.find(f => f.frameType === type)?.image);
  return {
    ...pixelsOf(options.resolution),
    aspect_ratio: options.aspectRatio,
    duration: options.duration,
    fps: options.fps,
    seed: options.seed,
    image: input(options.image) ?? frame('first_frame'),
    last_image: frame('last_frame'),
    reference_images: options.inputReferences?.map(input),
    audio: options.generateAudio,
  };
}

const videosOf = made => made.files.map((data, i) => ({ type: 'binary', data, mediaType: made.generation.result.media[i].content_type }));

const missing = (errors, made, n) => errors.map(e => ({ type: 'other', message: `${made} of ${n} were made: ${e.message}` }));

// The calls of ai 7 that have begun and are not over: an abort between two looks ends the jobs.
const watched = new WeakMap();

export function createVideoModel(modelId, generations, specificationVersion) {
  return {
    specificationVersion,
    provider: 'framegate',
    modelId,
    maxVideosPerCall: 4,
    async doGenerate(options) {
      const { made, warnings } = await generations.makeAll(modelId, 'video', options.prompt, () => videoParameters(options), options, options.n);
      return {
        videos: made.flatMap(videosOf),
        warnings,
        providerMetadata: { framegate: { videos: made.map(m => metadataOf(m.generation)) } },
        response: responseOf(modelId, made[0].responseHeaders),
      };
    },

    // The three below are asked for by ai 7 alone.
    async handleWebhookOption({ webhook }) {
      const { url, received } = await webhook();
      return { webhookUrl: url, received };
    },
    async doStart(options) {
      const slot = slotOf(options.headers, options.n);
      const settled = await Promise.allSettled(Array.from({ length: options.n }, (_, part) => generations.start(modelId, 'video', options.prompt, videoParameters(options), options, {
        key: slot.keys[part],
        fresh: options.n > 1,

        // The first one to end calls; the others are waited for then.
        callbackUrl: options.webhookUrl,
      })));
      const begun = settled.filter(s => s.status === 'fulfilled').map(s => s.value);
      const errors = settled.filter(s => s.status === 'rejected').map(s => s.reason);
      const ids = begun.map(b => b.json.request_id);
      const isAborted = options.abortSignal?.aborted;
      if (begun.length === 0 || isAborted || errors.some(mayHaveBegun)) {
        // What was begun, or may have been, is found again by its key when the SDK repeats the call.
        slot.state = 'failed';
        renewEnded(slot, settled);
        if (isAborted) {
          await Promise.all(ids.map(id => generations.cancel(id, options)));
        }

        throw isAborted ? options.abortSignal.reason : worstOf(errors);
      }

      slot.state = 'done';
      const end = () => ids.forEach(id => generations.cancel(id, options));
      options.abortSignal?.addEventListener('abort', end, { once: true });
      const operation = { ids, waits: options.webhookUrl !== undefined };
      watched.set(operation, () => options.abortSignal?.removeEventListener('abort', end));
      return {
        operation,
        warnings: [...begun.flatMap(b => warningsOf(b.json)), ...missing(errors, begun.length, options.n)],
        providerMetadata: { framegate: { requestIds: ids } },
        response: responseOf(modelId, begun[0].responseHeaders),
      };
    },
    async doStatus(options) {
      const found = await Promise.all(options.operation.ids.map(id => generations.find(id, options)));
      const response = responseOf(modelId, found[0].responseHeaders);
      if (!options.operation.waits && found.some(f => f.json.status !== 'success' && f.json.status !== 'failed')) {
        return { status: 'pending', response };
      }

      const settled = await Promise.allSettled(found.map(f => generations.finish(f, options)));
      const made = settled.filter(s => s.status === 'fulfilled').map(s => s.value);
      const errors = settled.filter(s => s.status === 'rejected').map(s => s.reason);
      options.abortSignal?.throwIfAborted();
      if (errors.some(e => !e.ended)) {
        throw errors.find(e => !e.ended);
      }

      watched.get(options.operation)?.();
      if (made.length === 0) {
        return { status: 'error', error: errors[0].message, providerMetadata: { framegate: metadataOf(errors[0].data) }, response };
      }

      return clean({
        status: 'completed',
        videos: made.flatMap(videosOf),
        warnings: [...made.flatMap(m => warningsOf(m.generation)), ...missing(errors, made.length, found.length)],
        providerMetadata: { framegate: { videos: made.map(m => metadataOf(m.generation)) } },
        response,
      });
    },
  };
}

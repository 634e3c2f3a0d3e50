import { clean } from './http.js';
import { input, metadataOf, warningsOf } from './generations.js';
import { slotOf } from './slots.js';

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
      try {
        const begun = await Promise.all(Array.from({ length: options.n }, (_, part) => generations.start(modelId, 'video', options.prompt, videoParameters(options), options, {
          key: options.n > 1 ? `${slot.key}.${part + 1}` : slot.key,
          fresh: options.n > 1,
          callbackUrl: part === options.n - 1 ? options.webhookUrl : undefined,
        })));
        slot.state = 'done';
        const ids = begun.map(b => b.json.request_id);
        return {
          operation: { ids },
          warnings: begun.flatMap(b => warningsOf(b.json)),
          providerMetadata: { framegate: { requestIds: ids } },
          response: responseOf(modelId, begun[0].responseHeaders),
        };
      } catch (error) {
        slot.state = 'failed';
        throw error;
      }
    },
    async doStatus(options) {
      const found = await Promise.all(options.operation.ids.map(id => generations.find(id, options)));
      const response = responseOf(modelId, found[0].responseHeaders);
      const bad = found.find(f => f.json.status === 'failed');
      if (bad) {
        return { status: 'error', error: `${bad.json.error?.code}: ${bad.json.error?.message}`, providerMetadata: { framegate: metadataOf(bad.json) }, response };
      }

      if (found.some(f => f.json.status !== 'success')) {
        return { status: 'pending', response };
      }

      const made = await Promise.all(found.map(f => generations.finish(f, options)));
      return clean({
        status: 'completed',
        videos: made.flatMap(videosOf),
        warnings: made.flatMap(m => warningsOf(m.generation)),
        providerMetadata: { framegate: { videos: made.map(m => metadataOf(m.generation)) } },
        response,
      });
    },
  };
}

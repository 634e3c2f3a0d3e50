export interface paths {
    "/generations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the caller's generations, newest first */
        get: operations["listGenerations"];
        put?: never;
        /**
         * Makes something
         * @description Waits for the result up to `timeout` or `Prefer: wait=N`; with `Prefer: respond-async` or a `callback_url` it answers 202 at once. With a callback the unified response is posted there in the end, signed as Standard Webhooks has it.
         */
        post: operations["createGeneration"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/generations/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Shows how a generation stands */
        get: operations["getGeneration"];
        put?: never;
        post?: never;
        /** Cancels a generation, at the provider too where it can */
        delete: operations["cancelGeneration"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/generations/{id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Follows a generation */
        get: operations["followGeneration"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/generations/{id}/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists what became of a generation's callbacks */
        get: operations["listDeliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/generations/{id}/redeliver": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sends every callback of a generation once more */
        post: operations["redeliverAll"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/generations/{id}/deliveries/{delivery}/redeliver": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sends one callback once more */
        post: operations["redeliver"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/media": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Keeps an input, which requests then name as `media:ID` */
        post: operations["uploadMedia"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/media/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Hands out a result's bytes */
        get: operations["getMedia"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/quotes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Returns where a request would go and what it would cost; sends nothing */
        post: operations["quote"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/models": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists every model and alias */
        get: operations["listModels"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/providers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the providers and how they are */
        get: operations["listProviders"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/spend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns what its caller has spent */
        get: operations["getOwnSpend"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/whoami": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns whose the key is and what it opens */
        get: operations["whoami"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/schemas/{version}/{name}.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Hands out the contract as JSON Schema */
        get: operations["getSchema"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Reports that the program runs */
        get: operations["live"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Reports whether it can take requests */
        get: operations["ready"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Numbers for Prometheus; takes the admin key or the scrape key */
        get: operations["metrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/provider-webhooks/{id}/{token}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Takes the call of a provider about a job; the address is the proof */
        post: operations["providerCalls"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/clients": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the clients */
        get: operations["listClients"];
        put?: never;
        /** Makes a client; the answer has its key, once */
        post: operations["createClient"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/clients/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Shows a client */
        get: operations["getClient"];
        put?: never;
        post?: never;
        /** Takes all keys from a client, for good */
        delete: operations["revokeClient"];
        options?: never;
        head?: never;
        /** Changes what a client may do; null takes a setting away */
        patch: operations["updateClient"];
        trace?: never;
    };
    "/admin/clients/{name}/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Gives a client another key; the old ones end after a while */
        post: operations["rotateClient"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/replicas": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the processes on this store, and what each drives */
        get: operations["listReplicas"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/config": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns which configuration is in force, and why a change was rejected */
        get: operations["getConfiguration"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/config/validate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Checks a configuration without using it */
        post: operations["validateConfiguration"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/cache": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns what the cache does */
        get: operations["getCache"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/cache/invalidate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Forgets cached results; the body names exactly one thing */
        post: operations["invalidateCache"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/providers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the providers with keys, accounts and load */
        get: operations["listProvidersInFull"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/providers/{provider}/{destination}/drain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sends no new jobs to a destination */
        post: operations["drain"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/providers/{provider}/{destination}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sends jobs to a destination again */
        post: operations["resume"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/spend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns what was spent by day, provider, model and client */
        get: operations["getSpend"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/generations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the generations of all clients */
        get: operations["listAllGenerations"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/generations/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Shows any generation */
        get: operations["getAnyGeneration"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/generations/{id}/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists what became of any generation's callbacks */
        get: operations["listAnyDeliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/media/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Hands out any result's bytes */
        get: operations["getAnyMedia"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/mcp": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Tools for agents: the Model Context Protocol over streamable HTTP
         * @description JSON-RPC, stateless. A client of the protocol speaks it; its tools, resources and errors are described by the protocol itself.
         */
        post: operations["mcp"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        GenerationPage: {
            data: components["schemas"]["GenerationResponse"][];
            /** @description Where the next page begins; null on the last. */
            next_cursor: string | null;
            /** @description How many are on all pages, 10,000 at most; only with `count=true`. */
            count?: number;
            /** @description Whether there may be more than `count`; only with `count=true`. */
            count_is_least?: boolean;
        };
        /** @description RFC 9457. */
        Problem: {
            type?: string;
            title?: string;
            status: number;
            detail?: string;
        };
        /**
         * Framegate generation request 2.0
         * @description What POST /generations takes. Unknown fields are refused. Null counts as absent for every optional field.
         * @example {
         *       "schema_version": "2.0",
         *       "request_id": "order-17",
         *       "provider": "flux",
         *       "model": "flux-pro-1.1",
         *       "prompt": "A lighthouse at dusk",
         *       "media_type": "image",
         *       "parameters": {
         *         "width": 1024,
         *         "height": 768,
         *         "seed": 42,
         *         "image": "https://example.com/sketch.png",
         *         "flux": {
         *           "raw": true
         *         }
         *       },
         *       "metadata": {
         *         "order": 17
         *       },
         *       "timestamp": "2026-11-03T10:00:00Z",
         *       "timeout": 120,
         *       "retry_config": {
         *         "max_attempts": 3,
         *         "base_delay_ms": 500,
         *         "max_delay_ms": 8000,
         *         "jitter": true,
         *         "retry_on": [
         *           "PROVIDER_ERROR"
         *         ]
         *       },
         *       "callback_url": "https://example.com/hooks/framegate"
         *     }
         */
        GenerationRequest: {
            /**
             * @description The version of the schema. Default 2.0.
             * @enum {unknown}
             */
            schema_version?: "2.0" | null;
            /** @description The caller's own id for the generation; Framegate makes one when it is absent. */
            request_id?: string | null;
            /** @description A provider's name, or auto, which leaves the choice to Framegate. */
            provider: string;
            /** @description A model of that provider, or a model alias. */
            model: string;
            /** @description What to make. Default empty. */
            prompt?: string | null;
            /**
             * @description What kind of result is asked for.
             * @enum {unknown}
             */
            media_type: "image" | "video" | "audio" | "text";
            /** @description Everything that shapes the result. */
            parameters?: components["schemas"]["GenerationRequest.parameters"] | null;
            /** @description The caller's own notes, returned as they came; at most 16 KiB of JSON. One of them counts here: priority. */
            metadata?: {
                /** @description Who goes first where a provider's limit makes requests wait; higher first. Default 5. */
                priority?: number | null;
            } | null;
            /** @description When the caller made the request, ISO 8601. Without an offset it is UTC. */
            timestamp?: string | null;
            /** @description How long the caller is ready to wait for the result, seconds. Default 300. */
            timeout?: number | null;
            /** @description How often a submit may be tried; it never lets a paid submit repeat. */
            retry_config?: components["schemas"]["GenerationRequest.retry_config"] | null;
            /** @description Where to send the finished response: an absolute http or https URL without user info. */
            callback_url?: string | null;
            /** @description What callback_url is notified of. Without it the end of the generation alone, whatever it is. */
            callback_events?: ("generation.completed" | "generation.failed" | "generation.progress")[] | null;
        };
        /** @description Neutral parameters. An object under any other name holds native parameters of the provider of that name. */
        "GenerationRequest.parameters": {
            /** @description Width of the result, pixels. */
            width?: number | null;
            /** @description Height of the result, pixels. */
            height?: number | null;
            /** @description Shape of the result, W:H, or auto. */
            aspect_ratio?: string | null;
            /** @description Size class of the result, as in 720p, 1080p, 4k. Case does not matter. */
            resolution?: string | null;
            /** @description Length of a clip, seconds. */
            duration?: number | null;
            /** @description Frames per second. */
            fps?: number | null;
            /** @description How many results. */
            n?: number | null;
            /** @description The seed of the random generator; -1 asks for a random one. */
            seed?: number | null;
            /** @description What the result should not show. */
            negative_prompt?: string | null;
            /** @description The image to start from, or to edit. */
            image?: components["schemas"]["GenerationRequest.image_input"] | null;
            /** @description The last frame of a clip. */
            last_image?: components["schemas"]["GenerationRequest.image_input"] | null;
            /** @description Where to repaint: white is repainted. */
            mask?: components["schemas"]["GenerationRequest.image_input"] | null;
            /** @description Edges, depth or pose that steer the composition. */
            control_image?: components["schemas"]["GenerationRequest.image_input"] | null;
            /** @description Images that the result should resemble. */
            reference_images?: components["schemas"]["GenerationRequest.image_input"][] | null;
            /** @description The clip to start from, or to edit. */
            video?: components["schemas"]["GenerationRequest.video_input"] | null;
            /** @description How much the input image counts. */
            strength?: number | null;
            /** @description How closely the result follows the prompt. */
            guidance?: number | null;
            /** @description Steps of the sampler. */
            steps?: number | null;
            /** @description The file format of the result, as in png, jpeg, webp, mp4. Case does not matter. */
            output_format?: string | null;
            /** @description Whether a clip has sound. */
            audio?: boolean | null;
            /** @description The voice that speaks. */
            voice?: string | null;
            /** @description Whether the provider may rewrite the prompt. */
            enhance_prompt?: boolean | null;
            /** @description How tolerant the provider's content filter is: 0 is the strictest, 6 the most tolerant; strict is 0, default is 2, relaxed is 6. */
            safety?: (number | null) | ("strict" | "default" | "relaxed");
        } & {
            [key: string]: unknown;
        };
        "GenerationRequest.retry_config": {
            /** @description Submits in all. */
            max_attempts?: number | null;
            /** @description Pause before the second attempt, milliseconds; it doubles from then on. */
            base_delay_ms?: number | null;
            /** @description Longest pause between two attempts, milliseconds; at least base_delay_ms. */
            max_delay_ms?: number | null;
            /** @description Spread the pauses at random. */
            jitter?: boolean | null;
            /** @description What the request may cost in all, with every candidate that it falls back to, USD. */
            max_cost?: number | null;
            /** @description Codes that may be tried again besides those that are by nature. */
            retry_on?: ("INVALID_REQUEST" | "INVALID_MODEL" | "AUTHENTICATION_FAILED" | "INSUFFICIENT_CREDITS" | "CONTENT_POLICY_VIOLATION" | "RATE_LIMIT_EXCEEDED" | "PROVIDER_ERROR" | "NETWORK_ERROR" | "TIMEOUT" | "UNKNOWN_ERROR")[] | null;
        };
        /** @description An https URL of a public host (port 443 or at least 1024, no user info), a base64 data: URI of type image/* (at most 20 MiB decoded), or media:ID of Framegate's media store. */
        "GenerationRequest.image_input": string | unknown | unknown | unknown;
        /** @description An https URL of a public host (port 443 or at least 1024, no user info), a base64 data: URI of type video/* (at most 50 MiB decoded), or media:ID of Framegate's media store. */
        "GenerationRequest.video_input": string | unknown | unknown | unknown;
        /**
         * Framegate generation response 2.0
         * @description What a generation answers, whatever its state. A reader ignores members it does not know: later versions of Framegate may add some.
         * @example {
         *       "schema_version": "2.0",
         *       "request_id": "order-17",
         *       "provider": "flux",
         *       "model": "flux-pro-1.1",
         *       "status": "success",
         *       "result": {
         *         "media": [
         *           {
         *             "id": "8fK2",
         *             "type": "image",
         *             "url": "http://127.0.0.1:8080/media/8fK2",
         *             "content_type": "image/png",
         *             "bytes": 4711,
         *             "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
         *             "width": 1024,
         *             "height": 768,
         *             "duration": null,
         *             "expires_at": null
         *           }
         *         ],
         *         "text": null,
         *         "seed": 42
         *       },
         *       "error": null,
         *       "metadata": {
         *         "phase": "succeeded",
         *         "progress": 1,
         *         "warnings": [],
         *         "attempts": [
         *           {
         *             "provider": "flux",
         *             "destination": "eu",
         *             "outcome": "accepted",
         *             "code": null,
         *             "billed": "yes",
         *             "duration_ms": 310
         *           }
         *         ],
         *         "cache": "miss",
         *         "request": {
         *           "order": 17
         *         }
         *       },
         *       "timestamp": "2026-11-03T10:00:05.2+00:00",
         *       "processing_time_ms": 5200,
         *       "tokens_used": null,
         *       "cost": 0.04
         *     }
         */
        GenerationResponse: {
            /**
             * @description The version of the schema.
             * @constant
             */
            schema_version: "2.0";
            /** @description The id of the generation; null only when the request was refused before it had one. */
            request_id: string | null;
            /** @description The provider that runs it; null when none was chosen. */
            provider: string | null;
            /** @description The model that runs it; null when none was chosen. */
            model: string | null;
            /**
             * @description Done, failed or wait.
             * @enum {unknown}
             */
            status: "processing" | "success" | "failed";
            /** @description The result; null unless the status is success. */
            result: components["schemas"]["GenerationResponse.result"] | null;
            /** @description The failure; null unless the status is failed. */
            error: components["schemas"]["GenerationResponse.error"] | null;
            /** @description Everything else. */
            metadata: components["schemas"]["GenerationResponse.metadata"];
            /**
             * Format: date-time
             * @description When this response was made, ISO 8601.
             */
            timestamp: string;
            /** @description From the request's arrival to the generation's end, or to now while it runs; milliseconds. */
            processing_time_ms: number;
            /** @description Tokens the provider reports; null when it reports none. */
            tokens_used: number | null;
            /** @description What the generation costs, USD; null while nobody knows. */
            cost: number | null;
        };
        /** @enum {unknown} */
        "GenerationResponse.code": "INVALID_REQUEST" | "INVALID_MODEL" | "AUTHENTICATION_FAILED" | "INSUFFICIENT_CREDITS" | "CONTENT_POLICY_VIOLATION" | "RATE_LIMIT_EXCEEDED" | "PROVIDER_ERROR" | "NETWORK_ERROR" | "TIMEOUT" | "UNKNOWN_ERROR";
        /** @description What a successful generation made. */
        "GenerationResponse.result": {
            /** @description The stored files, in the provider's order; empty for text. */
            media: components["schemas"]["GenerationResponse.media"][];
            /** @description The text, for a model that makes text. */
            text: string | null;
            /** @description The seed that the provider reports; null when it reports none. */
            seed: number | null;
        };
        /** @description One file in the media store. */
        "GenerationResponse.media": {
            /** @description Its id; GET /media/ID answers the bytes, media:ID hands them to another request. */
            id: string;
            /**
             * @description What it is.
             * @enum {unknown}
             */
            type: "image" | "video" | "audio" | "text";
            /** @description Where Framegate serves it. */
            url: string;
            /** @description Its media type, as in image/png. */
            content_type: string;
            /** @description Its size, bytes. */
            bytes: number;
            /** @description The SHA-256 of its bytes. */
            sha256: string;
            /** @description Pixels; null when the file states none. */
            width: number | null;
            /** @description Pixels; null when the file states none. */
            height: number | null;
            /** @description Seconds; null for an image, or when the file states none. */
            duration: number | null;
            /**
             * Format: date-time
             * @description When Framegate deletes it; null for never.
             */
            expires_at: string | null;
            /** @description What the file itself states of its origin, unverified; left out when it states nothing. */
            provenance?: components["schemas"]["GenerationResponse.provenance"];
        };
        /** @description What a file states of its origin. Nothing of it is verified; the file is served byte for byte. */
        "GenerationResponse.provenance": {
            /** @description Whether it has a C2PA manifest. */
            c2pa: boolean;
            /** @description IPTC's digital source type, as in trainedAlgorithmicMedia; null when it names none. */
            digital_source_type: string | null;
        };
        /** @description Why a generation failed, or why a request was refused. */
        "GenerationResponse.error": {
            /** @description One of the ten codes. */
            code: components["schemas"]["GenerationResponse.code"];
            /** @description What happened, for people. */
            message: string;
            /** @description Whether the same request may succeed when it is sent again, and then is not paid for twice. */
            retryable: boolean;
            /** @description The provider the failure came from; null when it is Framegate's own answer. */
            provider: string | null;
            /** @description What a program can act on; null when there is nothing to add. */
            details: components["schemas"]["GenerationResponse.details"] | null;
            /**
             * Format: date-time
             * @description When it happened, ISO 8601.
             */
            timestamp: string;
            /** @description Seconds to wait before the next try; null when nobody knows. */
            retry_after: number | null;
        };
        /** @description How a budget stands. */
        "GenerationResponse.budget": {
            /**
             * @description Which budget.
             * @enum {unknown}
             */
            name: "per_day" | "per_month" | "total";
            /** @description The budget, USD. */
            limit: number;
            /** @description What is left of it, USD. */
            left: number;
            /**
             * Format: date-time
             * @description When it begins anew, ISO 8601; null for never.
             */
            renews: string | null;
        };
        /** @description The part of an error that programs read. A member without a value is left out. */
        "GenerationResponse.details": {
            /** @description Everything that is wrong with the request. */
            fields?: components["schemas"]["GenerationResponse.field_error"][];
            /** @description A short reason, as in cancelled or submit_outcome_unknown. */
            reason?: string;
            /** @description The budget of the client that has not so much left. */
            budget?: components["schemas"]["GenerationResponse.budget"];
            /** @description The provider's own code or status word. */
            native_code?: string;
            /** @description The provider's own name of the field that it refuses. */
            native_field?: string;
            /** @description The HTTP status of the provider's answer. */
            native_status?: number;
            /** @description Candidates of a model alias that cannot do the request, and why; left out when it is not about that. */
            skipped?: components["schemas"]["GenerationResponse.skipped"][];
        };
        /** @description One thing that is wrong with a request. */
        "GenerationResponse.field_error": {
            /** @description The path of the field, as in parameters.width; $ is the whole body. */
            field: string;
            /** @description What is wrong. */
            message: string;
            /** @description The values that would be taken, where they can be listed. */
            allowed?: string[];
        };
        /** @description Everything about a generation that is not its result. */
        "GenerationResponse.metadata": {
            /**
             * @description Where it stands.
             * @enum {unknown}
             */
            phase: "queued" | "submitting" | "running" | "storing" | "succeeded" | "failed" | "cancelled" | "unknown";
            /** @description As the provider reports it; null when it does not. */
            progress: number | null;
            /** @description What could not be honoured, and what the caller should know. */
            warnings: string[];
            /** @description Every try, in order. */
            attempts: components["schemas"]["GenerationResponse.attempt"][];
            /**
             * @description How the cache took part; null when it did not.
             * @enum {unknown}
             */
            cache: "hit" | "miss" | "bypass" | "shared" | null;
            /** @description What the result would have cost had the cache, or an identical request, not spared it, USD; left out otherwise. */
            saved?: number;
            /** @description True when the cost is computed from a price list; left out otherwise. */
            cost_estimated?: boolean;
            /** @description True when stand-in providers answered; left out otherwise. */
            sandbox?: boolean;
            /**
             * Format: date-time
             * @description When it was asked for; only where it is looked at later.
             */
            created_at?: string;
            /**
             * Format: date-time
             * @description When it ended; only where it is looked at later, and once it has.
             */
            finished_at?: string;
            /** @description What it was asked for with: media_type, prompt, parameters, callback_url; inline names media that are not kept, cut what is not kept whole; only where it is looked at later. */
            asked?: Record<string, never>;
            /** @description Whose it is; only where an operator looks at it. */
            client?: string;
            /** @description The trace that its spans are of; only where it is looked at later, and was traced. */
            trace_id?: string;
            /** @description The request's own metadata, as it came; left out when it had none. */
            request?: Record<string, never>;
            /** @description The model alias that was asked for; left out when the request named its provider. */
            alias?: string;
            /** @description Candidates of the alias that were left out, and why; left out when none were. */
            skipped?: components["schemas"]["GenerationResponse.skipped"][];
            /** @description The wait for a turn at the provider; left out when there was none. */
            queue?: components["schemas"]["GenerationResponse.queue"];
        };
        /** @description One try at one destination. */
        "GenerationResponse.attempt": {
            /** @description The provider. */
            provider: string;
            /** @description The region or account. */
            destination: string;
            /**
             * @description What came of it.
             * @enum {unknown}
             */
            outcome: "pending" | "accepted" | "refused" | "unreachable" | "unknown";
            /** @description The failure; null when there was none. */
            code: components["schemas"]["GenerationResponse.code"] | null;
            /**
             * @description Whether it costs money.
             * @enum {unknown}
             */
            billed: "no" | "yes" | "unknown";
            /** @description From sending the submit to knowing its outcome, milliseconds. */
            duration_ms: number;
            /** @description From the request's arrival to the beginning of the attempt, milliseconds; left out where it is not known. */
            at_ms?: number;
            /** @description The HTTP status of the provider's answer to the submit; left out when none came. */
            http_status?: number;
            /** @description Why no answer came, for people; left out when one came. */
            cause?: string;
            /**
             * @description By what it was found out what became of a submit whose answer was lost; left out when the answer came.
             * @enum {unknown}
             */
            reconciled?: "external_id" | "idempotency_key" | "callback" | "list" | "none";
        };
        /** @description A candidate of a model alias that was left out. */
        "GenerationResponse.skipped": {
            /** @description The provider. */
            provider: string;
            /** @description The model. */
            model: string;
            /** @description Why, for people. */
            reason: string;
        };
        /** @description A wait for the turn at a provider whose limit is used up. */
        "GenerationResponse.queue": {
            /** @description The place in the queue, from 1; left out once the wait is over. */
            position?: number;
            /** @description How long it took, or has taken so far, milliseconds. */
            waited_ms: number;
        };
        CacheReport: {
            enabled: boolean;
            strategy: string;
            max_entries: number;
            max_bytes: number;
            ttl_seconds: number;
            total: {
                provider: string | null;
                model: string | null;
                hits: number;
                misses: number;
                hit_rate: number;
                joins: number;
                evictions: number;
                expirations: number;
                entries: number;
                bytes: number;
                saved_usd: number;
            };
            models: {
                provider: string | null;
                model: string | null;
                hits: number;
                misses: number;
                hit_rate: number;
                joins: number;
                evictions: number;
                expirations: number;
                entries: number;
                bytes: number;
                saved_usd: number;
            }[];
        };
        Client: {
            name: string;
            source: string;
            enabled: boolean;
            key?: string | null;
            /** Format: date-time */
            created?: string | null;
            /** Format: date-time */
            revoked?: string | null;
            /** Format: date-time */
            expires?: string | null;
            keys?: {
                id: string;
                /** Format: date-time */
                created: string;
                /** Format: date-time */
                expires: string | null;
            }[] | null;
            models?: string[] | null;
            providers?: string[] | null;
            requests_per_minute?: number | null;
            concurrent_jobs?: number | null;
            model_limits?: {
                [key: string]: {
                    requests_per_minute?: number | null;
                    concurrent_jobs?: number | null;
                };
            } | null;
            budget?: {
                per_day?: number | null;
                per_month?: number | null;
                total?: number | null;
                alert?: number | null;
                alert_url?: string | null;
            } | null;
            max_cost_per_request?: number | null;
            allow_unpriced?: boolean;
            denied_phrases?: string[] | null;
            max_prompt_length?: number | null;
            prompts?: string | null;
            cache_scope?: string | null;
            tags?: {
                [key: string]: string;
            } | null;
            spent?: {
                today: number;
                month: number;
                total: number;
            } | null;
        };
        ClientListing: {
            data: {
                name: string;
                source: string;
                enabled: boolean;
                key?: string | null;
                /** Format: date-time */
                created?: string | null;
                /** Format: date-time */
                revoked?: string | null;
                /** Format: date-time */
                expires?: string | null;
                keys?: {
                    id: string;
                    /** Format: date-time */
                    created: string;
                    /** Format: date-time */
                    expires: string | null;
                }[] | null;
                models?: string[] | null;
                providers?: string[] | null;
                requests_per_minute?: number | null;
                concurrent_jobs?: number | null;
                model_limits?: {
                    [key: string]: {
                        requests_per_minute?: number | null;
                        concurrent_jobs?: number | null;
                    };
                } | null;
                budget?: {
                    per_day?: number | null;
                    per_month?: number | null;
                    total?: number | null;
                    alert?: number | null;
                    alert_url?: string | null;
                } | null;
                max_cost_per_request?: number | null;
                allow_unpriced?: boolean;
                denied_phrases?: string[] | null;
                max_prompt_length?: number | null;
                prompts?: string | null;
                cache_scope?: string | null;
                tags?: {
                    [key: string]: string;
                } | null;
                spent?: {
                    today: number;
                    month: number;
                    total: number;
                } | null;
            }[];
        };
        ClientSettings: {
            enabled?: boolean;
            /** Format: date-time */
            expires?: string | null;
            models?: string[] | null;
            providers?: string[] | null;
            requests_per_minute?: number | null;
            concurrent_jobs?: number | null;
            model_limits?: {
                [key: string]: {
                    requests_per_minute?: number | null;
                    concurrent_jobs?: number | null;
                };
            } | null;
            budget?: {
                per_day?: number | null;
                per_month?: number | null;
                total?: number | null;
                alert?: number | null;
                alert_url?: string | null;
            } | null;
            max_cost_per_request?: number | null;
            allow_unpriced?: boolean;
            denied_phrases?: string[] | null;
            max_prompt_length?: number | null;
            prompts?: string | null;
            cache_scope?: string | null;
            tags?: {
                [key: string]: string;
            } | null;
        };
        ConfigurationStatus: {
            path: string;
            /** Format: date-time */
            loaded_at: string;
            sha256: string;
            status: string;
            errors: {
                path: string;
                reason: string;
                line?: number | null;
            }[];
            /** Format: date-time */
            last_attempt_at: string;
        };
        ConfigurationVerdict: {
            valid: boolean;
            errors: {
                path: string;
                reason: string;
                line?: number | null;
            }[];
        };
        DeliveryListing: {
            data: {
                id: string;
                url: string;
                /** @enum {unknown} */
                status: "pending" | "delivered" | "gone" | "given_up";
                /** Format: date-time */
                next_try_at: string | null;
                attempts: {
                    /** Format: date-time */
                    at: string;
                    status: number | null;
                    error: string | null;
                    duration_ms: number;
                }[];
            }[];
        };
        HealthReport: {
            status: string;
            store?: string | null;
            bucket?: string | null;
            redis?: string | null;
        };
        Invalidation: {
            provider?: string | null;
            model?: string | null;
            pattern?: string | null;
            key?: string | null;
            all?: boolean | null;
            dry_run?: boolean | null;
        };
        InvalidationOutcome: {
            removed: number;
            reached_all: boolean;
        };
        MediaItem: {
            id: string;
            /** @enum {unknown} */
            type: "image" | "video" | "audio" | "text";
            url: string;
            content_type: string;
            bytes: number;
            sha256: string;
            width?: number | null;
            height?: number | null;
            duration?: number | null;
            /** Format: date-time */
            expires_at?: string | null;
            provenance?: {
                c2pa: boolean;
                digital_source_type: string | null;
            } | null;
        };
        MediaLink: {
            url: string;
            /** Format: date-time */
            expires_at: string | null;
        };
        ModelListing: {
            data: {
                id: string;
                provider: string;
                model: string;
                /** @enum {unknown} */
                media_type: "image" | "video" | "audio" | "text";
                capabilities: string[];
                limits: {
                    max_width?: number | null;
                    max_height?: number | null;
                    sizes?: string[] | null;
                    aspect_ratios?: string[] | null;
                    resolutions?: string[] | null;
                    durations?: number[] | null;
                    min_duration?: number | null;
                    max_duration?: number | null;
                    max_extended_duration?: number | null;
                    max_prompt_length?: number | null;
                    max_results?: number | null;
                    max_input_images?: number | null;
                    requests_per_minute?: number | null;
                    size_is_fixed?: boolean | null;
                    side_step?: number | null;
                    min_side?: number | null;
                    min_area?: number | null;
                    max_area?: number | null;
                };
                price: {
                    /** @default null */
                    per_result: number | null;
                    /** @default null */
                    per_second: number | null;
                    /** @default null */
                    per_second_by_size: {
                        [key: string]: number;
                    } | null;
                    per_result_by_size?: {
                        [key: string]: number;
                    } | null;
                    per_megapixel?: number | null;
                    per_thousand_characters?: number | null;
                    is_bound?: boolean;
                    source?: string | null;
                } | null;
                /** Format: date */
                retired: string | null;
                successor: string | null;
            }[];
            aliases: {
                id: string;
                provider: string;
                strategy: string;
                candidates: {
                    provider: string;
                    model: string;
                    priority: number;
                    weight: number;
                }[];
            }[];
        };
        ProviderListing: {
            data: {
                name: string;
                adapter: string;
                has_key: boolean;
                key_variables: string[] | null;
                media_types: ("image" | "video" | "audio" | "text")[];
                models: number;
                open_jobs: number | null;
                limits: {
                    requests_per_minute: number | null;
                    jobs_at_once: number | null;
                    waiting: number | null;
                } | null;
                destinations: {
                    id: string;
                    available: boolean;
                    state: string;
                    score: number;
                    breaker: string;
                    /** @enum {unknown} */
                    suspended: "INVALID_REQUEST" | "INVALID_MODEL" | "AUTHENTICATION_FAILED" | "INSUFFICIENT_CREDITS" | "CONTENT_POLICY_VIOLATION" | "RATE_LIMIT_EXCEEDED" | "PROVIDER_ERROR" | "NETWORK_ERROR" | "TIMEOUT" | "UNKNOWN_ERROR" | null;
                    open_jobs: number | null;
                    latency_ms: number | null;
                    concurrent_requests: number | null;
                    drained?: boolean | null;
                    last_hour?: {
                        done: number | null;
                        p50_ms: number;
                        p90_ms: number;
                    } | null;
                }[];
                status?: string | null;
            }[];
        };
        QuoteAnswer: {
            alias: string | null;
            strategy: string | null;
            data: {
                provider: string;
                model: string;
                verdict: string;
                place: number | null;
                ready: boolean;
                cost: number | null;
                warnings: string[];
                refusal: {
                    /** @enum {unknown} */
                    code: "INVALID_REQUEST" | "INVALID_MODEL" | "AUTHENTICATION_FAILED" | "INSUFFICIENT_CREDITS" | "CONTENT_POLICY_VIOLATION" | "RATE_LIMIT_EXCEEDED" | "PROVIDER_ERROR" | "NETWORK_ERROR" | "TIMEOUT" | "UNKNOWN_ERROR";
                    message: string;
                    retryable?: boolean;
                    provider?: string | null;
                    details?: {
                        fields?: {
                            field: string;
                            message: string;
                            /** @default null */
                            allowed: string[] | null;
                        }[] | null;
                        reason?: string | null;
                        native_code?: string | null;
                        native_field?: string | null;
                        native_status?: number | null;
                        skipped?: {
                            provider: string;
                            model: string;
                            reason: string;
                        }[] | null;
                        budget?: {
                            name: string;
                            limit: number;
                            left: number;
                            /** Format: date-time */
                            renews: string | null;
                        } | null;
                    } | null;
                    /** Format: date-time */
                    timestamp?: string;
                    retry_after?: number | null;
                } | null;
                usual_ms?: number | null;
            }[];
        };
        ReplicaListing: {
            data: {
                id: string;
                self: boolean;
                alive: boolean;
                /** Format: date-time */
                lease_until: string;
                host: string | null;
                version: string | null;
                /** Format: date-time */
                started_at: string | null;
                open: number;
                by_provider: {
                    [key: string]: number;
                };
                lag_ms: number | null;
            }[];
        };
        SpendReport: {
            /** Format: date */
            from: string;
            /** Format: date */
            to: string;
            zone: string;
            data: {
                /** Format: date */
                day?: string | null;
                provider?: string | null;
                model?: string | null;
                client?: string | null;
                generations: number;
                failed: number;
                cost: number;
                estimated: number;
                failed_cost: number;
                saved: number;
            }[];
            total: {
                /** Format: date */
                day?: string | null;
                provider?: string | null;
                model?: string | null;
                client?: string | null;
                generations: number;
                failed: number;
                cost: number;
                estimated: number;
                failed_cost: number;
                saved: number;
            };
        };
        Whoami: {
            client: string | null;
            admin: boolean;
            keys_required: boolean;
            sandbox: boolean;
            version: string;
            max_input_bytes: number;
        };
    };
    responses: {
        /** @description It failed, or was refused; `error.code` gives the reason. 424 stands in the place of a status that clients repeat where a job may have been paid for. */
        Failed: {
            headers: {
                Link: components["headers"]["Help"];
                /** @description Seconds. */
                "Retry-After"?: number;
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["GenerationResponse"];
            };
        };
        /** @description It was refused before anything was read. */
        Refused: {
            headers: {
                Link: components["headers"]["Help"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["GenerationResponse"];
            };
        };
        /** @description It cannot be done; `detail` gives the reason. */
        Problem: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: {
        /** @description The same key with the same body is the same generation. */
        IdempotencyKey: string;
        /** @description `respond-async`, or `wait=SECONDS`. */
        Prefer: string;
        /** @description What the request may cost at most, USD. */
        MaxCost: number;
        /** @description `no-store` keeps the request out of the cache. */
        CacheControl: string;
        /** @description The version of the contract to answer in. */
        SchemaVersion: "1.0" | "1.1" | "2.0";
    };
    requestBodies: never;
    headers: {
        /** @description Where the code is explained, with `rel="help"`. */
        Help: string;
    };
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    listGenerations: {
        parameters: {
            query?: {
                /** @description Only those in this state. */
                status?: "processing" | "success" | "failed";
                /** @description Only this provider's. */
                provider?: string;
                /** @description Only this model's. */
                model?: string;
                /** @description Only those that failed with this code. */
                code?: components["schemas"]["GenerationResponse.code"];
                /** @description Only results of this kind. */
                kind?: "image" | "video" | "audio" | "text";
                /** @description Only those that began at this instant or later. */
                from?: string;
                /** @description Only those that began before this instant. */
                to?: string;
                /** @description Only those whose prompt has this text. */
                q?: string;
                /** @description How many at most. */
                limit?: number;
                /** @description The next_cursor of the page before. */
                cursor?: string;
                /** @description Whether to count what is on all pages, up to 10,000. */
                count?: boolean;
            };
            header?: {
                /** @description The version of the contract to answer in. */
                "Framegate-Schema-Version"?: components["parameters"]["SchemaVersion"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page; as an event stream when `Accept` is `text/event-stream`: `page` first, then a `change` for each that begins or changes. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GenerationPage"];
                    "text/event-stream": string;
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Refused"];
            403: components["responses"]["Refused"];
        };
    };
    createGeneration: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same body is the same generation. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /** @description `respond-async`, or `wait=SECONDS`. */
                Prefer?: components["parameters"]["Prefer"];
                /** @description What the request may cost at most, USD. */
                "Framegate-Max-Cost"?: components["parameters"]["MaxCost"];
                /** @description `no-store` keeps the request out of the cache. */
                "Cache-Control"?: components["parameters"]["CacheControl"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["GenerationRequest"];
            };
        };
        responses: {
            /** @description It is made. */
            200: {
                headers: {
                    /** @description USD. */
                    "Framegate-Cost"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GenerationResponse"];
                };
            };
            /** @description It goes on; `Location` is where to look, `Retry-After` when. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GenerationResponse"];
                };
            };
            400: components["responses"]["Failed"];
            401: components["responses"]["Failed"];
            402: components["responses"]["Failed"];
            403: components["responses"]["Failed"];
            404: components["responses"]["Failed"];
            409: components["responses"]["Failed"];
            413: components["responses"]["Failed"];
            422: components["responses"]["Failed"];
            424: components["responses"]["Failed"];
            429: components["responses"]["Failed"];
            500: components["responses"]["Failed"];
            502: components["responses"]["Failed"];
            503: components["responses"]["Failed"];
            504: components["responses"]["Failed"];
        };
    };
    getGeneration: {
        parameters: {
            query?: never;
            header?: {
                /** @description The version of the contract to answer in. */
                "Framegate-Schema-Version"?: components["parameters"]["SchemaVersion"];
            };
            path: {
                /** @description The request_id of the generation. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Its state now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GenerationResponse"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Refused"];
            403: components["responses"]["Refused"];
            404: components["responses"]["Problem"];
        };
    };
    cancelGeneration: {
        parameters: {
            query?: never;
            header?: {
                /** @description The version of the contract to answer in. */
                "Framegate-Schema-Version"?: components["parameters"]["SchemaVersion"];
            };
            path: {
                /** @description The request_id of the generation. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It has ended. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GenerationResponse"];
                };
            };
            /** @description It has not ended yet. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GenerationResponse"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Refused"];
            403: components["responses"]["Refused"];
            404: components["responses"]["Problem"];
        };
    };
    followGeneration: {
        parameters: {
            query?: never;
            header?: {
                /** @description The last event that was seen. */
                "Last-Event-ID"?: string;
                /** @description The version of the contract to answer in. */
                "Framegate-Schema-Version"?: components["parameters"]["SchemaVersion"];
            };
            path: {
                /** @description The request_id of the generation. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Events `progress`, then `completed` or `failed`; each carries the whole response. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            /** @description The caller has seen the end already. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Refused"];
            403: components["responses"]["Refused"];
            404: components["responses"]["Problem"];
        };
    };
    listDeliveries: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The request_id of the generation. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The deliveries. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeliveryListing"];
                };
            };
            401: components["responses"]["Refused"];
            403: components["responses"]["Refused"];
            404: components["responses"]["Problem"];
        };
    };
    redeliverAll: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The request_id of the generation. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description They are due. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeliveryListing"];
                };
            };
            401: components["responses"]["Refused"];
            403: components["responses"]["Refused"];
            404: components["responses"]["Problem"];
        };
    };
    redeliver: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The request_id of the generation. */
                id: string;
                /** @description The webhook-id. */
                delivery: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is due. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeliveryListing"];
                };
            };
            401: components["responses"]["Refused"];
            403: components["responses"]["Refused"];
            404: components["responses"]["Problem"];
        };
    };
    uploadMedia: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "*/*": string;
            };
        };
        responses: {
            /** @description It is kept. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MediaItem"];
                };
            };
            401: components["responses"]["Refused"];
            403: components["responses"]["Refused"];
            413: components["responses"]["Problem"];
            415: components["responses"]["Problem"];
        };
    };
    getMedia: {
        parameters: {
            query?: {
                /** @description `preview`: a JPEG of at most 480 pixels width, of a picture or of a clip, drawn by ffmpeg (`Media:Ffmpeg`). 404 where none can be drawn. `link`: a link to the file that opens without a key, and ends; 404 with `Media:Links: Owner`, and of a file in `Media:RevokedLinks`. */
                variant?: "preview" | "link";
                /** @description `false`: the bytes come from here, also with `Media:Bucket:Redirect`, for whoever may load from this address alone. */
                redirect?: boolean;
            };
            header?: {
                /** @description A range of bytes. */
                Range?: string;
            };
            path: {
                /** @description The id of the media. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The bytes; `ETag` is the SHA-256. A link where one is asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "*/*": string;
                    "application/json": components["schemas"]["MediaLink"];
                };
            };
            /** @description The range that was asked for. */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "*/*": string;
                };
            };
            /** @description The caller has it. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Refused"];
            403: components["responses"]["Refused"];
            404: components["responses"]["Problem"];
            410: components["responses"]["Problem"];
            /** @description There is no such range. */
            416: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    quote: {
        parameters: {
            query?: never;
            header?: {
                /** @description What the request may cost at most, USD. */
                "Framegate-Max-Cost"?: components["parameters"]["MaxCost"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["GenerationRequest"];
            };
        };
        responses: {
            /** @description The candidates in order. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["QuoteAnswer"];
                };
            };
            400: components["responses"]["Failed"];
            401: components["responses"]["Failed"];
            402: components["responses"]["Failed"];
            403: components["responses"]["Failed"];
            404: components["responses"]["Failed"];
            413: components["responses"]["Failed"];
        };
    };
    listModels: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The catalogue. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelListing"];
                };
            };
            /** @description The caller has it. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Refused"];
            403: components["responses"]["Refused"];
        };
    };
    listProviders: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The providers. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProviderListing"];
                };
            };
            401: components["responses"]["Refused"];
            403: components["responses"]["Refused"];
        };
    };
    getOwnSpend: {
        parameters: {
            query?: {
                /** @description The first day. */
                from?: string;
                /** @description The last day. */
                to?: string;
                /** @description What it is divided by: some of day, provider, model, with commas. */
                by?: string;
                /** @description How it is written. */
                format?: "json" | "csv";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The rows; days are UTC. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SpendReport"];
                    "text/csv": string;
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Refused"];
        };
    };
    whoami: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The caller. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Whoami"];
                };
            };
            401: components["responses"]["Refused"];
            403: components["responses"]["Refused"];
        };
    };
    getSchema: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description 1.0, 1.1 or 2.0. */
                version: string;
                /** @description Which of the two. */
                name: "request" | "response";
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The schema. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/schema+json": Record<string, never>;
                };
            };
            404: components["responses"]["Problem"];
        };
    };
    live: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It does. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HealthReport"];
                };
            };
        };
    };
    ready: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It can. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HealthReport"];
                };
            };
            /** @description It cannot. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HealthReport"];
                };
            };
        };
    };
    metrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The numbers. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
        };
    };
    providerCalls: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The job. */
                id: string;
                /** @description What only the provider was given. */
                token: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "*/*": unknown;
            };
        };
        responses: {
            /** @description It is taken. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            404: components["responses"]["Problem"];
            /** @description It is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    listClients: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What they may do, and what they have spent. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClientListing"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
        };
    };
    createClient: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Its name. */
                    name: string;
                    /** @description How long it may call, as in 90d. */
                    expires_in?: string;
                } & components["schemas"]["ClientSettings"];
            };
        };
        responses: {
            /** @description The client with its key. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Client"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
        };
    };
    getClient: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The client. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The client. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Client"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
        };
    };
    revokeClient: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The client. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is revoked. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
        };
    };
    updateClient: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The client. */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ClientSettings"];
            };
        };
        responses: {
            /** @description The client. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Client"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
        };
    };
    rotateClient: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The client. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /**
                     * @description How long the old keys go on working.
                     * @default 24h
                     */
                    keep_old_for?: string;
                };
            };
        };
        responses: {
            /** @description The client with its new key. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Client"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
        };
    };
    listReplicas: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description They; none where the store belongs to one process. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReplicaListing"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
        };
    };
    getConfiguration: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The state. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConfigurationStatus"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
        };
    };
    validateConfiguration: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description The verdict. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConfigurationVerdict"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
        };
    };
    getCache: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Its numbers. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CacheReport"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
        };
    };
    invalidateCache: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Invalidation"];
            };
        };
        responses: {
            /** @description What went. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InvalidationOutcome"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
        };
    };
    listProvidersInFull: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The providers. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProviderListing"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
        };
    };
    drain: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The provider. */
                provider: string;
                /** @description Its destination. */
                destination: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description None are sent. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
        };
    };
    resume: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The provider. */
                provider: string;
                /** @description Its destination. */
                destination: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description They are sent. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
        };
    };
    getSpend: {
        parameters: {
            query?: {
                /** @description The first day. */
                from?: string;
                /** @description The last day. */
                to?: string;
                /** @description What it is divided by: some of day, provider, model, client, with commas. */
                by?: string;
                /** @description How it is written. */
                format?: "json" | "csv";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The rows; days are UTC. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SpendReport"];
                    "text/csv": string;
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
        };
    };
    listAllGenerations: {
        parameters: {
            query?: {
                /** @description Only those in this state. */
                status?: "processing" | "success" | "failed";
                /** @description Only this provider's. */
                provider?: string;
                /** @description Only this model's. */
                model?: string;
                /** @description Only those that failed with this code. */
                code?: components["schemas"]["GenerationResponse.code"];
                /** @description Only results of this kind. */
                kind?: "image" | "video" | "audio" | "text";
                /** @description Only those that began at this instant or later. */
                from?: string;
                /** @description Only those that began before this instant. */
                to?: string;
                /** @description Only those whose prompt has this text. */
                q?: string;
                /** @description How many at most. */
                limit?: number;
                /** @description The next_cursor of the page before. */
                cursor?: string;
                /** @description Whether to count what is on all pages, up to 10,000. */
                count?: boolean;
                /** @description Only this client's. */
                client?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page, or a stream of events as at `/generations`. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GenerationPage"];
                    "text/event-stream": string;
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
        };
    };
    getAnyGeneration: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The request_id of the generation. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Its state now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GenerationResponse"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
        };
    };
    listAnyDeliveries: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The request_id of the generation. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The deliveries. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeliveryListing"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
        };
    };
    getAnyMedia: {
        parameters: {
            query?: {
                /** @description `preview`: a JPEG of at most 480 pixels width, of a picture or of a clip, drawn by ffmpeg (`Media:Ffmpeg`). 404 where none can be drawn. `link`: a link to the file that opens without a key, and ends; 404 with `Media:Links: Owner`, and of a file in `Media:RevokedLinks`. */
                variant?: "preview" | "link";
                /** @description `false`: the bytes come from here, also with `Media:Bucket:Redirect`, for whoever may load from this address alone. */
                redirect?: boolean;
            };
            header?: never;
            path: {
                /** @description The id of the media. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The bytes. A link where one is asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "*/*": string;
                    "application/json": components["schemas"]["MediaLink"];
                };
            };
            /** @description The range that was asked for. */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "*/*": string;
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
        };
    };
    mcp: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description The answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                    "text/event-stream": string;
                };
            };
            /** @description A notification is taken. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Refused"];
            403: components["responses"]["Refused"];
            /** @description `Accept` must name JSON and event streams. */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
}

namespace Framegate.Proxy.Tests.Isolation;

/// <summary>A native job at each provider that is a data file: how it is ordered, and a call that names it.</summary>
/// <param name="Provider">The provider.</param>
/// <param name="Submit">Where it is ordered.</param>
/// <param name="Body">With what.</param>
/// <param name="Member">The member of the answer that holds its id.</param>
/// <param name="Call">The call, with <c>ID</c> in the place of the id: the method, the path, and a body where there is one.</param>
internal sealed record DeclaredJob(string Provider, string Submit, string Body, string Member, string Call)
{
    public static readonly DeclaredJob[] All =
    [
        new("alibaba", "/api/v1/services/aigc/video-generation/video-synthesis", """{"model":"wan2.5-t2v-preview","input":{"prompt":"x"},"parameters":{"size":"832*480"}}""", "task_id", "GET /api/v1/tasks/ID"),
        new("byteplus", "/api/v3/contents/generations/tasks", """{"model":"seedance-1-0-pro-250528","content":[{"type":"text","text":"x"}]}""", "id", "GET /api/v3/contents/generations/tasks/ID"),
        new("dream-machine", "/generations", """{"model":"ray-2","prompt":"x"}""", "id", "GET /generations/ID"),
        new("dream-machine", "/generations", """{"model":"ray-2","prompt":"y"}""", "id", """POST /generations {"model":"ray-2","prompt":"z","keyframes":{"frame0":{"type":"generation","id":"ID"}}}""") { Status = 201 },
        new("elevenlabs", "/v1/flows/text-to-speech", """{"model_id":"eleven_v3","text":"x","voice":"21m00Tcm4TlvDq8ikWAM"}""", "id", "GET /v1/flows/text-to-speech/ID"),
        new("fal", "/fal-ai/flux/dev", """{"prompt":"x"}""", "request_id", "GET /fal-ai/flux/requests/ID/status"),
        new("google", "/v1beta/interactions", """{"model":"gemini-omni-1.2-flash","input":"x","background":true}""", "id", "GET /v1beta/interactions/ID"),
        new("kling", "/v1/videos/text2video", """{"model_name":"kling-v2-6","prompt":"x"}""", "task_id", "GET /v1/videos/text2video/ID"),
        new("luma", "/v1/generations", """{"model":"uni-1","prompt":"x"}""", "id", "GET /v1/generations/ID"),
        new("google", "/v1beta/interactions", """{"model":"gemini-omni-1.2-flash","input":"y","background":true}""", "id", """POST /v1beta/interactions {"model":"gemini-omni-1.2-flash","input":[{"type":"text","text":"z"},{"type":"video","uri":"https://generativelanguage.googleapis.com/v1beta/files/ID"}],"background":true}"""),
        new("google", "/v1beta/interactions", """{"model":"gemini-omni-1.2-flash","input":"z","background":true}""", "id", """POST /v1beta/models/gemini-3-pro-image:generateContent {"contents":[{"parts":[{"text":"z"},{"fileData":{"mimeType":"video/mp4","fileUri":"https://generativelanguage.googleapis.com/v1beta/files/ID"}}]}]}"""),
        new("luma", "/v1/generations", """{"model":"uni-1","prompt":"w"}""", "id", """POST /v1/generations {"model":"uni-1","prompt":"z","image_ref":[{"file_id":"ID"}]}""") { Status = 201 },
        new("luma", "/v1/generations", """{"model":"uni-1","prompt":"y"}""", "id", """POST /v1/generations {"model":"uni-1","prompt":"z","type":"image_edit","source":{"generation_id":"ID"}}""") { Status = 201 },
        new("luma", "/v1/files", """{"filename":"a.png"}""", "file_id", """POST /v1/generations {"model":"uni-1","prompt":"z","image_ref":[{"url":"https://example.com/a.png"},{"file_id":"ID"}]}""") { Status = 201 },
        new("minimax", "/v1/video_generation", """{"model":"MiniMax-Hailuo-02","prompt":"x"}""", "task_id", "GET /v1/query/video_generation?task_id=ID"),
        new("minimax", "/v1/video_generation", """{"model":"MiniMax-Hailuo-02","prompt":"y"}""", "task_id", """POST /v2/video_generation {"model":"MiniMax-H3","content":[{"type":"text","text":"z"},{"type":"video_url","video_url":{"url":"mm_file://ID"},"role":"reference_video"}],"resolution":"768P","duration":5,"ratio":"16:9"}""") { Status = 400 },
        new("openai", "/v1/responses", """{"model":"gpt-5","input":"x"}""", "id", "GET /v1/responses/ID"),
        new("openai", "/v1/responses", """{"model":"gpt-5","input":"y"}""", "id", """POST /v1/responses {"model":"gpt-5","input":"z","previous_response_id":"ID"}"""),
        new("openai", "/v1/responses", """{"model":"gpt-5","input":"y","stream":true}""", "id", """POST /v1/responses {"model":"gpt-5","input":"a","previous_response_id":"ID"}"""),
        new("openai", "/v1/responses", """{"model":"gpt-5","input":"b"}""", "id", """POST /v1/responses {"model":"gpt-5","input":"z","Previous_Response_Id":"ID"}""") { Status = 400 },
        new("openai", "/v1/responses", """{"model":"gpt-5","input":"c"}""", "id", """POST /v1/responses {"model":"gpt-5","input":[{"id":"ID","type":"item_reference"},{"role":"user","content":[{"type":"input_text","text":"z"}]}]}"""),
        new("openai", "/v1/responses", """{"model":"gpt-5","input":"d"}""", "id", """POST /v1/responses {"model":"gpt-5","input":[{"role":"user","content":[{"type":"input_text","text":"z"},{"type":"input_image","file_id":"ID"}]}]}"""),
        new("openai", "/v1/responses", """{"model":"gpt-5","input":"e"}""", "id", """POST /v1/responses {"model":"gpt-5","input":"z","prompt":{"id":"ID"}}"""),
        new("openai", "/v1/responses", """{"model":"gpt-5","input":"f"}""", "id", """POST /v1/responses {"model":"gpt-5","input":"z","tools":[{"type":"file_search","vector_store_ids":["ID"]}]}"""),
        new("openai", "/v1/responses", """{"model":"gpt-5","input":"g"}""", "id", """POST /v1/images/edits {"model":"gpt-image-2.5-flare","prompt":"z","images":[{"file_id":"ID"}]}"""),
        new("runway", "/v1/uploads", """{"filename":"a.png","type":"ephemeral"}""", "runwayUri", """POST /v1/image_to_video {"model":"gen4_turbo","promptText":"x","ratio":"1280:720","duration":5,"promptImage":[{"uri":"ID","position":"first"}]}""") { Status = 400 },
        new("replicate", "/v1/models/black-forest-labs/flux-schnell/predictions", """{"input":{"prompt":"y"}}""", "id", """POST /v1/models/black-forest-labs/flux-schnell/predictions {"input":{"prompt":"z","image":"https://api.replicate.com/v1/files/ID"}}""") { Status = 201 },
        new("google", "/v1beta/interactions", """{"model":"gemini-omni-1.2-flash","input":"w","background":true}""", "id", """POST /v1beta/interactions {"model":"gemini-omni-1.2-flash","input":"v","tools":[{"type":"file_search","file_search_store_names":["fileSearchStores/ID"]}],"background":true}""") { Status = 400 },
        new("replicate", "/v1/models/black-forest-labs/flux-schnell/predictions", """{"input":{"prompt":"x"}}""", "id", "GET /v1/predictions/ID"),
        new("xai", "/v1/videos/generations", """{"model":"grok-imagine-video","prompt":"x"}""", "request_id", "GET /v1/videos/ID"),
    ];

    /// <summary>What its client is answered.</summary>
    public int Status { get; init; } = 200;

    public string Route => $"ANY /{Provider}/{{**rest}}";

    public string Method => Call.Split(' ', 2)[0];

    public string Path(string id) => $"/{Provider}{Call.Split(' ', 3)[1]}".Replace("ID", id, StringComparison.Ordinal);

    public string? BodyFor(string id) => Call.Split(' ', 3) is [_, _, var body] ? body.Replace("ID", id, StringComparison.Ordinal) : null;
}

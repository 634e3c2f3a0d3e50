using Framegate.Sandbox.Alibaba;
using Framegate.Sandbox.BytePlus;
using Framegate.Sandbox.Core;
using Framegate.Sandbox.Flux;
using Framegate.Sandbox.Google;
using Framegate.Sandbox.Kling;
using Framegate.Sandbox.Luma;
using Framegate.Sandbox.MiniMax;
using Framegate.Sandbox.ElevenLabs;
using Framegate.Sandbox.Fal;
using Framegate.Sandbox.OpenAi;
using Framegate.Sandbox.PikaDev;
using Framegate.Sandbox.Recraft;
using Framegate.Sandbox.Replicate;
using Framegate.Sandbox.Runway;
using Framegate.Sandbox.Sora;
using Framegate.Sandbox.Veo;
using Framegate.Sandbox.Xai;

namespace Framegate.Sandbox.Hosting;

/// <summary>All stand-in providers; a new one is a folder and a line here.</summary>
internal static class StandIns
{
    public static IReadOnlyList<IStandIn> All { get; } =
    [
        new FluxStandIn(), new SoraStandIn(), new VeoStandIn(), new RunwayStandIn(), new FalStandIn("pika", FalCatalogue.Pika, StatusCodes.Status200OK),
        new KlingStandIn(), new MiniMaxStandIn(), new LumaStandIn(), new BytePlusStandIn(), new FalStandIn("fal", FalCatalogue.Any, StatusCodes.Status202Accepted),
        new ReplicateStandIn(),
        new AlibabaStandIn(), new XaiStandIn(),
        new RecraftStandIn(), new PikaDevStandIn(), new ElevenLabsStandIn(), new GoogleStandIn(), new OpenAiStandIn(),
    ];
}

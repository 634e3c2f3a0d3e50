namespace Framegate.Plugins; internal static class Placeholder;

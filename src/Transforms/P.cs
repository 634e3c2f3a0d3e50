namespace Framegate.Transforms; internal static class Placeholder;

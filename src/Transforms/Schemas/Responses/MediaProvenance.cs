namespace Framegate.Transforms.Schemas.Responses;

/// <summary>What a file itself states of its origin. Nothing of that is verified here. The file is stored and served byte for byte, so that whoever has it can.</summary>
/// <param name="C2pa">Whether it has a C2PA manifest.</param>
/// <param name="DigitalSourceType">IPTC's digital source type, the last part of its address, as in <c>trainedAlgorithmicMedia</c>; null when it names none.</param>
public sealed record MediaProvenance(bool C2pa, string? DigitalSourceType);

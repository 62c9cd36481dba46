/** One thing that is done to the content of an image file. */
export interface DecodeStep {
  readonly step: "frame" | "orientation" | "depth" | "alpha" | "profile" | "cmyk" | "gray";
  /** What is done, in a word for programs. */
  readonly rule: string;
  /** The same for people who do it with other tools. */
  readonly how: string;
}

/** What `decodeImage` does, in an order in which other tools can do it: 8-bit RGB comes out. */
export const decodeSteps: readonly DecodeStep[] = [
  { step: "frame", rule: "first", how: "Take the first frame of an animation and the first page of a TIFF." },
  {
    step: "orientation",
    rule: "exif",
    how: "Turn and mirror the image as its EXIF orientation (TIFF: its Orientation tag) says.",
  },
  {
    step: "depth",
    rule: "high-byte",
    how: "Of 16-bit samples keep the high byte (value >> 8), of gray ones too. Stretch fewer than 8 bits to 0..255.",
  },
  {
    step: "alpha",
    rule: "drop",
    how:
      "Drop transparency before anything is resized. Do not blend: the colour beneath it stays, " +
      "also that of a transparent palette entry (PNG, GIF). Divide premultiplied colours (TIFF) by their alpha first.",
  },
  {
    step: "profile",
    rule: "srgb",
    how:
      "Convert by the embedded ICC profile to sRGB, perceptual intent, no black point compensation. " +
      "Leave colours without a profile, or with one that is broken or of another kind of colours, as they are.",
  },
  {
    step: "cmyk",
    rule: "multiply",
    how:
      "Convert CMYK without a usable profile by R = (255 - C)(255 - K) / 255, rounded, and so G from M, B from Y. " +
      "JPEG files hold CMYK inverted, which most decoders undo.",
  },
  { step: "gray", rule: "repeat", how: "Repeat gray as red, green and blue." },
];

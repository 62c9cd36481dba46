/** Names of Hugging Face's `ResNetModel`, and torchvision's for the same tensor. */
const stem = /(^|.*\.)embedder\.embedder\.(convolution|normalization)\.(\w+)$/;
const layer = /(^|.*\.)encoder\.stages\.(\d+)\.layers\.(\d+)\.layer\.(\d+)\.(convolution|normalization)\.(\w+)$/;
const shortcut = /(^|.*\.)encoder\.stages\.(\d+)\.layers\.(\d+)\.shortcut\.(convolution|normalization)\.(\w+)$/;

/** No network has longer names: the pattern is not tried on them. */
const MAX_NAME = 300;

/**
 * The name that torchvision gives to a tensor of Hugging Face's ResNet, after the same prefix:
 * `resnet.encoder.stages.0.layers.1.layer.0.convolution.weight` is `resnet.layer1.1.conv1.weight`. Other names stay.
 * Source: `ResNetModel` of transformers (`modeling_resnet.py`).
 */
export function torchvisionName(name: string): string {
  if (name.length > MAX_NAME) return name;
  return name
    .replace(stem, (_, prefix: string, kind: string, leaf: string) => `${prefix}${part(kind, 1)}.${leaf}`)
    .replace(
      layer,
      (_, prefix: string, stage: string, block: string, index: string, kind: string, leaf: string) =>
        `${prefix}layer${Number(stage) + 1}.${block}.${part(kind, Number(index) + 1)}.${leaf}`,
    )
    .replace(
      shortcut,
      (_, prefix: string, stage: string, block: string, kind: string, leaf: string) =>
        `${prefix}layer${Number(stage) + 1}.${block}.downsample.${kind === "convolution" ? 0 : 1}.${leaf}`,
    );
}

const part = (kind: string, index: number) => `${kind === "convolution" ? "conv" : "bn"}${index}`;

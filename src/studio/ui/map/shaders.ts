export const VERTEX_SHADER_SOURCE = `#version 300 es
precision highp float;
in vec2 place;
in uint number;
in uint state;
uniform vec2 middle;
uniform vec2 zoom;
uniform float size;
uniform float more;
uniform sampler2D palette;
flat out vec3 colour;
flat out float pixels;
flat out float chosen;
void main() {
  bool isHidden = (state & 1u) != 0u;
  chosen = (state & 2u) != 0u ? 1.0 : 0.0;
  colour = texelFetch(palette, ivec2(int(number & 255u), int(number >> 8u)), 0).rgb;
  pixels = size + chosen * more;
  // Selected points lie above the others.
  float depth = chosen > 0.0 ? -0.5 : 0.0;
  gl_Position = isHidden ? vec4(2.0, 2.0, 2.0, 1.0) : vec4((place - middle) * zoom, depth, 1.0);
  gl_PointSize = isHidden ? 0.0 : pixels;
}`;

export const FRAGMENT_SHADER_SOURCE = `#version 300 es
precision highp float;
flat in vec3 colour;
flat in float pixels;
flat in float chosen;
uniform vec3 ground;
uniform vec3 accent;
out vec4 shown;
void main() {
  float within = pixels * (0.5 - length(gl_PointCoord - 0.5));
  if (within < 0.0) discard;
  // A rim of the ground's colour, or of the accent's, keeps points apart.
  vec3 rim = mix(mix(colour, ground, 0.6), accent, chosen);
  shown = vec4(mix(rim, colour, smoothstep(0.0, 1.0 + chosen, within)), 1.0);
}`;

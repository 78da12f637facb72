"""The shading programs: one sun with soft shadows, light from the sky, garments over skin."""

from typing import Final

DEPTH_VERTEX: Final = """
#version 330
uniform mat4 view;
in vec3 position;
void main() { gl_Position = view * vec4(position, 1.0); }
"""

DEPTH_FRAGMENT: Final = """
#version 330
void main() {}
"""

VERTEX: Final = """
#version 330
uniform mat4 camera;
uniform mat4 sun_view;
uniform vec4 kept;  // a plane: what is behind it is not drawn
in vec3 position;
in vec3 normal;
in vec3 colour;
in vec4 extra;
out vec3 world;
out vec3 facing;
out vec3 base;
out vec4 fields;
out vec4 in_sun;
void main() {
    gl_Position = camera * vec4(position, 1.0);
    gl_ClipDistance[0] = dot(kept, vec4(position, 1.0));
    world = position;
    facing = normal;
    base = colour;
    fields = extra;
    in_sun = sun_view * vec4(position, 1.0);
}
"""

FRAGMENT: Final = """
#version 330
uniform vec3 sun;
uniform vec3 eye;
uniform vec3 sunlight;
uniform vec3 skylight;
uniform vec3 groundlight;
uniform float gloss;
uniform int surface;       // 0 plain, 1 textured, 2 dressed, 3 backdrop
uniform vec3 garments[4];  // shirt, shorts, socks, hair
uniform vec3 trim;
uniform float stripe;      // metres between stripes of the shirt, 0 for none
uniform sampler2D image;
uniform sampler2DShadow shadow_map;
in vec3 world;
in vec3 facing;
in vec3 base;
in vec4 fields;
in vec4 in_sun;
out vec4 pixel;

vec3 linear(vec3 srgb) { return pow(srgb, vec3(2.2)); }

float lit() {
    vec3 at = in_sun.xyz / in_sun.w * 0.5 + 0.5;
    if (any(lessThan(at, vec3(0.0))) || any(greaterThan(at, vec3(1.0)))) return 1.0;
    float sum = 0.0;
    for (int i = 0; i <= 1; i++)
        for (int j = 0; j <= 1; j++)
            sum += texture(shadow_map, vec3(at.xy + (vec2(i, j) - 0.5) * 0.0021, at.z - 0.002));
    return sum / 4.0;
}

vec3 dressed() {
    vec3 worn = base;
    if (fields.z > 0.0) worn = garments[2];
    if (fields.y > 0.0) worn = garments[1] * (fields.y < 0.012 ? 0.8 : 1.0);
    if (fields.x > 0.0) {
        // Where sleeve and trunk meet, the field is too steep to tell a distance.
        bool even = fwidth(fields.x) < 0.3 * stripe;
        bool striped = even && fract(fields.x / stripe) < 0.4;
        worn = (striped ? trim : garments[0]) * (fields.x < 0.012 ? 0.82 : 1.0);
    }
    if (fields.w > 0.0) worn = garments[3] * mix(1.3, 0.9, clamp(fields.w / 0.05, 0.0, 1.0));
    return worn;
}

void main() {
    vec3 n = normalize(facing);
    vec3 to_eye = normalize(eye - world);
    if (dot(n, to_eye) < 0.0) n = -n;
    float shadow = lit();
    if (surface == 3) {
        pixel = vec4(base * mix(0.78, 1.0, shadow), 1.0);
        return;
    }
    vec3 albedo = linear(
        surface == 1 ? texture(image, fields.xy).rgb : surface == 2 ? dressed() : base);
    vec3 ambient = mix(groundlight, skylight, 0.5 + 0.5 * n.z);
    float near_floor = mix(0.6, 1.0, clamp(world.z / 0.25, 0.0, 1.0));
    if (n.z > 0.9 && world.z < 0.02) near_floor = 1.0;
    float fill = 0.2 * max(dot(n, to_eye), 0.0);
    vec3 halfway = normalize(sun + to_eye);
    vec3 light = albedo * (max(dot(n, sun), 0.0) * shadow * sunlight + ambient * near_floor + fill);
    light += gloss * pow(max(dot(n, halfway), 0.0), 24.0) * shadow;
    light /= 1.0 + 0.12 * light;
    pixel = vec4(pow(light, vec3(1.0 / 2.2)), 1.0);
}
"""

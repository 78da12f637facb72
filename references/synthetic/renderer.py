"""Pictures of meshes by OpenGL, without a screen (EGL) and without a graphics card if need be."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from references.lens import Lens
from references.synthetic import shaders
from references.synthetic.errors import RendererError
from references.synthetic.kinematics import unit
from references.synthetic.mesh import Colour, Mesh
from references.viewpoint import Viewpoint

Floats = npt.NDArray[np.float64]
Image = npt.NDArray[np.uint8]

_NEAR_M: Final = 0.05
_FAR_M: Final = 40.0
_SAMPLES: Final = 4
_SHADOW_SIZE: Final = 1024

# The part of the world that the sun's shadow map covers: a box around the lifter.
_SHADOW_HALF_WIDTH_M: Final = 2.2
_SHADOW_DEPTH_M: Final = 12.0
_SHADOW_CENTRE: Final = (0.0, 0.0, 0.8)

# What OpenGL calls the first plane beyond which nothing is drawn.
_CLIP_DISTANCE: Final = 0x3000

# The planes (4,) before which is everything, and between a mirror's and its wall's surface.
_EVERYWHERE: Final = np.array([0.0, 0.0, 0.0, 1.0])
_OFF_MIRROR: Final = np.array([0.0, 0.0, 0.0, 0.03])

_ATTRIBUTES: Final = ("position", "normal", "colour", "extra")
_SURFACES: Final = {"plain": 0, "textured": 1, "dressed": 2, "backdrop": 3}


@dataclass(frozen=True, slots=True)
class Light:
    """Where the sun stands (a direction towards it) and the colours of sun, sky and ground."""

    towards_sun: tuple[float, float, float] = (0.5, -0.8, 1.2)
    sunlight: Colour = (1.15, 1.08, 0.98)
    skylight: Colour = (0.55, 0.58, 0.62)
    groundlight: Colour = (0.34, 0.32, 0.30)
    background: Colour = (0.62, 0.64, 0.67)


# A mesh with its vertices and indices on the graphics card.
_Buffers = tuple[Mesh, Any, Any]


class Renderer:
    """Draws pictures of one size; use as a context manager, or call `close`.

    Raises RendererError when moderngl, which comes with the extra ``synthetic``, or EGL is missing.
    """

    def __init__(self, width: int, height: int) -> None:
        self._size = (width, height)
        with _current() as context:
            # Programs are dictionaries of uniforms, whose types are known to the driver alone.
            self._scene: Any = context.program(shaders.VERTEX, shaders.FRAGMENT)
            self._depth: Any = context.program(shaders.DEPTH_VERTEX, shaders.DEPTH_FRAGMENT)
            self._multisampled = context.framebuffer(
                [context.renderbuffer(self._size, 3, samples=_SAMPLES)],
                context.depth_renderbuffer(self._size, samples=_SAMPLES),
            )
            self._resolved = context.simple_framebuffer(self._size, 3)
            self._depth_map = context.depth_texture(self._size)
            self._depth_buffer = context.framebuffer(depth_attachment=self._depth_map)
            self._shadow_map = context.depth_texture((_SHADOW_SIZE, _SHADOW_SIZE))
            self._shadow_map.compare_func = "<="
            self._shadow_buffer = context.framebuffer(depth_attachment=self._shadow_map)
        self._textures: dict[int, tuple[Image, Any]] = {}

    def __enter__(self) -> "Renderer":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give the memory of the pictures back; nothing can be drawn any more."""
        # What is released by hand trips up moderngl's collection of what Python drops.
        del self._multisampled, self._resolved, self._depth_buffer, self._depth_map
        del self._shadow_buffer, self._shadow_map

    def render(
        self,
        meshes: Sequence[Mesh],
        viewpoint: Viewpoint,
        lens: Lens,
        light: Light,
        *,
        mirror: Floats | None = None,
        smooth: bool = True,
    ) -> Image:
        """Return a picture (H, W, 3) in BGR of what a pinhole with this lens sees.

        ``mirror`` (4,) is the plane of one: what is before it is drawn once more behind it, to be
        seen through an opening in the wall that the mirror hangs on.
        The lens' distortion is not applied. Without ``smooth`` edges are jagged and half the time
        is saved, for pictures of which the mean is taken. Raises ValueError for a lens of another
        picture size.
        """
        self._check(lens)
        sun = unit(light.towards_sun)
        sun_view = _sun_view(sun)
        with _current() as context:
            context.enable(context.DEPTH_TEST)
            buffers = [(mesh, *self._upload(mesh)) for mesh in meshes]
            shadowing = [(v, i) for mesh, v, i in buffers if mesh.material.shadow]
            self._draw_depth(self._shadow_buffer, shadowing, sun_view)
            scene = self._scene
            scene["sun_view"].write(_matrix_bytes(sun_view))
            scene["sun"].value = tuple(sun)
            for name in ("sunlight", "skylight", "groundlight"):
                scene[name].value = getattr(light, name)
            target = self._multisampled if smooth else self._resolved
            target.use()
            target.clear(*light.background)
            camera, eye = _camera(viewpoint, lens), viewpoint.eye()
            if mirror is None:
                self._draw_scene(buffers, camera, eye)
            else:
                # The wall belongs to what is before the mirror, not to what is seen in it.
                context.enable_direct(_CLIP_DISTANCE)
                self._draw_scene(buffers, camera, eye, mirror + _OFF_MIRROR)
                # Light falls where it falls: it is the camera that stands behind the mirror.
                turned = _reflection(mirror)
                eye = (turned @ np.append(eye, 1.0))[:3]
                self._draw_scene(buffers, camera @ turned, eye, mirror - _OFF_MIRROR)
                context.disable_direct(_CLIP_DISTANCE)
            if smooth:
                context.copy_framebuffer(self._resolved, self._multisampled)
            pixels = np.frombuffer(self._resolved.read(components=3), np.uint8)
        return np.ascontiguousarray(pixels.reshape(lens.height, lens.width, 3)[::-1, :, ::-1])

    def depth(
        self, meshes: Sequence[Mesh], viewpoint: Viewpoint, lens: Lens
    ) -> npt.NDArray[np.float32]:
        """Return how far ahead of the camera every pixel's surface is, (H, W) in metres.

        Measured along the viewing axis, 40 m where there is nothing. Raises ValueError for a lens
        of another picture size.
        """
        self._check(lens)
        with _current() as context:
            context.enable(context.DEPTH_TEST)
            buffers = [self._upload(mesh) for mesh in meshes]
            self._draw_depth(self._depth_buffer, buffers, _camera(viewpoint, lens))
            stored = np.frombuffer(self._depth_map.read(), np.float32)
        clip = 2 * stored.reshape(lens.height, lens.width)[::-1] - 1
        return 2 * _FAR_M * _NEAR_M / (_FAR_M + _NEAR_M - clip * (_FAR_M - _NEAR_M))

    def _check(self, lens: Lens) -> None:
        if (lens.width, lens.height) != self._size:
            raise ValueError(f"this renderer draws {self._size}")

    def _draw_depth(self, target: Any, buffers: Sequence[tuple[Any, Any]], view: Floats) -> None:
        target.use()
        target.clear(depth=1.0)
        self._depth["view"].write(_matrix_bytes(view))
        for vertices, indices in buffers:
            layout = [(vertices, "3f 40x", "position")]
            _context().vertex_array(self._depth, layout, indices).render()

    def _draw_scene(
        self,
        buffers: Sequence[_Buffers],
        camera: Floats,
        eye: Floats,
        kept: Floats = _EVERYWHERE,
    ) -> None:
        self._scene["camera"].write(_matrix_bytes(camera))
        self._scene["eye"].value = tuple(eye)
        self._scene["kept"].value = tuple(kept)
        self._scene["image"].value = 0
        self._scene["shadow_map"].value = 1
        self._shadow_map.use(1)
        for mesh, vertices, indices in buffers:
            self._apply(mesh)
            layout = [(vertices, "3f 3f 3f 4f", *_ATTRIBUTES)]
            _context().vertex_array(self._scene, layout, indices).render()

    def _upload(self, mesh: Mesh) -> tuple[Any, Any]:
        columns = [mesh.vertices, mesh.normals, mesh.colours, mesh.extra]
        data = np.concatenate(columns, axis=1).astype(np.float32)
        return _context().buffer(data.tobytes()), _context().buffer(mesh.faces.tobytes())

    def _apply(self, mesh: Mesh) -> None:
        material = mesh.material
        surface = "plain"
        if material.backdrop:
            surface = "backdrop"
        elif material.garments is not None:
            surface = "dressed"
            self._scene["garments"].value = list(material.garments)
            self._scene["trim"].value = material.trim
            self._scene["stripe"].value = material.stripe_m or 0.0
        elif material.texture is not None:
            surface = "textured"
            self._texture(material.texture).use(0)
        self._scene["surface"].value = _SURFACES[surface]
        self._scene["gloss"].value = material.gloss

    def _texture(self, image: Image) -> Any:
        # The image is kept beside its texture, so that its id cannot be given to another.
        kept = self._textures.get(id(image))
        if kept is None:
            height, width = image.shape[:2]
            texture = _context().texture((width, height), 3, image[::-1].tobytes())
            texture.build_mipmaps()
            kept = self._textures[id(image)] = (image, texture)
        return kept[1]


def _camera(viewpoint: Viewpoint, lens: Lens) -> Floats:
    """Return the matrix (4, 4) from the world to OpenGL's clip space for a camera in pixels."""
    depth = _FAR_M - _NEAR_M
    # A lens counts from the centre of the first pixel, OpenGL from its corner.
    cx, cy = lens.cx + 0.5, lens.cy + 0.5
    projection = np.array(
        [
            [2 * lens.fx / lens.width, 0, 2 * cx / lens.width - 1, 0],
            [0, -2 * lens.fy / lens.height, 1 - 2 * cy / lens.height, 0],
            [0, 0, (_FAR_M + _NEAR_M) / depth, -2 * _FAR_M * _NEAR_M / depth],
            [0, 0, 1, 0],
        ]
    )
    return np.asarray(projection @ _rigid(viewpoint.rotation(), viewpoint.eye()))


def _sun_view(towards_sun: Floats) -> Floats:
    """Return the matrix (4, 4) of a parallel projection along the light."""
    side = unit(np.cross([0.0, 0.0, 1.0], towards_sun))
    axes = np.stack([side, np.cross(side, -towards_sun), -towards_sun])
    eye = np.asarray(_SHADOW_CENTRE) + towards_sun * _SHADOW_DEPTH_M / 2
    parallel = np.diag([1 / _SHADOW_HALF_WIDTH_M] * 2 + [2 / _SHADOW_DEPTH_M, 1])
    parallel[2, 3] = -1
    return np.asarray(parallel @ _rigid(axes, eye))


def _reflection(plane: Floats) -> Floats:
    """Return the matrix (4, 4) that reflects points at a plane (4,)."""
    matrix = np.eye(4)
    matrix[:3] -= 2 * np.outer(plane[:3], plane)
    return matrix


def _rigid(axes: Floats, eye: Floats) -> Floats:
    matrix = np.eye(4)
    matrix[:3, :3] = axes
    matrix[:3, 3] = -axes @ eye
    return matrix


def _matrix_bytes(matrix: Floats) -> bytes:
    # OpenGL stores matrices column by column.
    return np.ascontiguousarray(matrix.T, np.float32).tobytes()


@contextmanager
def _current() -> Iterator[Any]:
    """Draw with this process' graphics context: others may have drawn in between."""
    with _context() as context:
        context.gc()
        yield context


@cache
def _context() -> Any:
    """Return this process' graphics context, never given back.

    Releasing one shuts the display down for all: later contexts would draw garbage.
    """
    try:
        # An extra: nothing but filming needs it.
        import moderngl  # noqa: PLC0415

        settings: dict[str, Any] = {"backend": "egl"}
        context = moderngl.create_context(standalone=True, **settings)
    except (ImportError, OSError) as error:
        raise RendererError(
            "Filming needs EGL (Debian: libegl1, libgl1-mesa-dri) and pip install '.[synthetic]'."
        ) from error
    # What Python drops waits until it can be freed: while the context is the current one.
    context.gc_mode = "context_gc"
    return context

"""A photo from outside: checked before it is decoded, read as the sensor took it."""

import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
from PIL import ExifTags, Image, UnidentifiedImageError

from pipeline.errors import CalibrationError

Grey = npt.NDArray[np.uint8]

_FORMATS: Final = ("JPEG", "PNG", "WEBP")

# EXIF's orientation as clockwise quarter turns that make the picture upright. The mirrored ones
# (2, 4, 5, 7) come from editors, not from cameras, and are read as their unmirrored twins.
_QUARTER_TURNS: Final = {3: 2, 4: 2, 5: 1, 6: 1, 7: 3, 8: 3}

# Where an ISO media file names its kind, and the kinds that phones give HEIC photos.
_BRAND: Final = slice(4, 12)
_HEIC_BRANDS: Final = frozenset(b"ftyp" + kind for kind in (b"heic", b"heix", b"mif1", b"msf1"))


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo as its sensor took it: ``grey`` (H, W) uint8, not turned upright.

    A phone turned between two photos turns its sensor along, so only unturned pictures show the
    lens's axis and distortion in one place. ``quarter_turns`` clockwise make it upright.
    """

    grey: Grey
    quarter_turns: int


def read_photo(path: Path) -> Photo:
    """Read a JPEG, PNG or WebP photo.

    Raises CalibrationError for a file that is something else, is damaged, or would unpack to more
    pixels than Pillow thinks safe (89 million; phones send 12 to 50).
    """
    try:
        with warnings.catch_warnings():
            # Pillow only warns about oddities, such as damaged EXIF, that do not spoil the picture.
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path, formats=_FORMATS) as picture:
                orientation = picture.getexif().get(ExifTags.Base.Orientation)
                picture.draft("L", picture.size)
                grey = np.asarray(picture.convert("L"))
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise CalibrationError("calibrate.too_many_pixels") from error
    except UnidentifiedImageError as error:
        kind = "heic" if _is_heic(path) else "unreadable"
        raise CalibrationError(f"calibrate.{kind}") from error
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise CalibrationError("calibrate.unreadable") from error
    return Photo(grey, _QUARTER_TURNS.get(orientation, 0) if orientation else 0)


def _is_heic(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(_BRAND.stop)[_BRAND] in _HEIC_BRANDS

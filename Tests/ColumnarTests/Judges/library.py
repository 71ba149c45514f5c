"""Where this Python's shared library and its modules are; prints nothing when there is no such library."""

import pathlib
import sysconfig

folder = pathlib.Path(sysconfig.get_config_var("LIBDIR") or "/")
names = [sysconfig.get_config_var("INSTSONAME"), sysconfig.get_config_var("LDLIBRARY")]
version = sysconfig.get_config_var("VERSION")
places = [folder, folder / (sysconfig.get_config_var("MULTIARCH") or "")]
names.append(f"libpython{version}.so.1.0")
found = [place / name for place in places for name in names if name and ".so" in name and (place / name).exists()]
if found:
    print(found[0])
    print(sysconfig.get_path("purelib"))

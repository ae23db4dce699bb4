"""How Sphinx builds the documentation site: ``make docs``; what it does to pages is in `tools.site_pages`.

The source folder is that of the repository, so that links between pages hold as they stand in the files.
"""

from simcore.base.version import __version__

project = "simcore"
author = "the authors of simcore"
version = release = __version__
copyright = f"MIT licence, {author}"  # noqa: A001  (the name that Sphinx reads)
language = "en"

root_doc = "README"
include_patterns = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "benchmarks/README.md", "docs/**.md"]
exclude_patterns = ["build", "dist", "simcore", "cli", "scenarios", "tests", "tools", "requirements", ".*"]
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "tools.site_pages"]

myst_heading_anchors = 4
autodoc_member_order = "bysource"
autodoc_default_options = {"exclude-members": "__init__, __new__"}
napoleon_google_docstring = False
napoleon_use_rtype = False
default_role = "py:obj"
python_use_unqualified_type_names = True
add_module_names = False

html_theme = "pydata_sphinx_theme"
html_title = f"simcore {version}"
html_sidebars = {"README": [], "docs/tutorial": []}
html_show_sourcelink = False
html_copy_source = False
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_theme_options = {
    "navbar_end": ["theme-switcher"],
    "navbar_align": "left",
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": [],
    "show_prev_next": True,
    "navigation_with_keys": False,
}
# The theme's own logo and icons are files of the site: nothing is loaded from elsewhere.
html_context = {"default_mode": "auto"}

"""Two drawn people for the fake cameras, so that the pictures in the README show a conversation and nobody real."""

# ruff: noqa: E501 - the lines of a drawing

from pathlib import Path

from playwright.sync_api import Browser

FRAMES = 3

_FRAME = """<!doctype html><style>html, body {{ margin: 0 }}</style>
<svg xmlns="http://www.w3.org/2000/svg" width="1280" height="720" viewBox="0 0 1280 720">{drawing}</svg>"""

_FACE = """
  <rect x="590" y="430" width="100" height="130" rx="40" fill="{shade}"/>
  <path d="M640 130c92 0 150 66 150 168 0 110-66 196-150 196s-150-86-150-196c0-102 58-168 150-168Z" fill="{skin}"/>
  <ellipse cx="585" cy="300" rx="13" ry="15" fill="#2b2b33"/><ellipse cx="695" cy="300" rx="13" ry="15" fill="#2b2b33"/>
  <path d="M640 312q-16 52-6 62q8 6 20 2" fill="none" stroke="{shade}" stroke-width="8" stroke-linecap="round"/>
  <path d="M588 412q52 46 104 0" fill="none" stroke="#8c3b3b" stroke-width="10" stroke-linecap="round"/>
"""

CLINICIAN = (
    """
  <rect width="1280" height="720" fill="#dfe7ea"/><rect x="60" y="70" width="300" height="230" fill="#f7fafb"/>
  <path d="M60 240l90-90 80 70 50-40 80 80v40H60Z" fill="#a9c6b4"/><rect x="960" y="0" width="250" height="720" fill="#cdd8dc"/>
  <g fill="#8fa6ae"><rect x="985" y="110" width="200" height="14"/><rect x="985" y="280" width="200" height="14"/></g>
  <g><rect x="1000" y="40" width="26" height="70" fill="#b5524a"/><rect x="1032" y="52" width="22" height="58" fill="#3d6b8e"/>
  <rect x="1062" y="34" width="30" height="76" fill="#d9a441"/><rect x="1100" y="200" width="60" height="80" fill="#6f9a7d"/></g>
  <path d="M470 250q-20 260 40 330h260q60-70 40-330q-10-150-170-150t-170 150Z" fill="#3a2a22"/>
  <path d="M300 720q20-190 230-210l110 70 110-70q210 20 230 210Z" fill="#f4f8fb"/>
  <path d="M530 510l110 80 110-80 20 30-100 100h-60L510 540Z" fill="#2f7f9e"/>
  """
    + _FACE.format(skin="#e9b893", shade="#cf9872")
    + """
  <path d="M486 300q-6-176 154-180q160 4 154 180q-26-96-110-120q-90 60-170 50q-22 30-28 70Z" fill="#3a2a22"/>
  <path d="M556 268q28-18 56-4M668 264q28-14 56 4" fill="none" stroke="#3a2a22" stroke-width="9" stroke-linecap="round"/>"""
)

PATIENT = (
    """
  <rect width="1280" height="720" fill="#efe3d0"/><rect x="0" y="560" width="1280" height="160" fill="#c9b08c"/>
  <rect x="90" y="60" width="280" height="340" fill="#bfdcee" stroke="#fff" stroke-width="18"/>
  <path d="M90 300q70-60 140-10t140-20v130H90Z" fill="#8db596"/><path d="M230 60v340M90 230h280" stroke="#fff" stroke-width="10"/>
  <path d="M1000 560v-170q0-60 80-60h120q80 0 80 60v170Z" fill="#a4573f"/><rect x="960" y="470" width="60" height="120" rx="26" fill="#8d4733"/>
  <path d="M300 720q10-180 240-210l100 50 100-50q230 30 240 210Z" fill="#41617f"/>
  <path d="M545 508l95 100 95-100-25-20-70 50-70-50Z" fill="#f3efe6"/>
  """
    + _FACE.format(skin="#efc4a4", shade="#d6a381")
    + """
  <path d="M488 330q-34-120 22-170q50-66 130-62q84-4 132 62q54 52 20 170q-14-90-40-124q-110-40-224 0q-28 36-40 124Z" fill="#eceae6"/>
  <g fill="none" stroke="#5a5048" stroke-width="8"><circle cx="585" cy="300" r="46"/><circle cx="695" cy="300" r="46"/>
  <path d="M631 294q9-8 18 0M539 292l-46-16M741 292l46-16"/></g>
  <path d="M548 246q34-20 66-6M666 240q34-14 66 6" fill="none" stroke="#dcd8d0" stroke-width="12" stroke-linecap="round"/>"""
)


def film(browser: Browser, drawing: str, file: Path) -> Path:
    """A film of the drawing, as Chromium's fake camera takes it: pictures one after the other."""
    context = browser.new_context(viewport={"width": 1280, "height": 720})
    page = context.new_page()
    page.set_content(_FRAME.format(drawing=drawing))
    file.write_bytes(page.screenshot(type="jpeg", quality=92) * FRAMES)
    context.close()
    return file

/** The line drawings of the conversation's buttons, as path data for 24 × 24. */

export const MICROPHONE = "M12 3a3 3 0 0 0-3 3v6a3 3 0 0 0 6 0V6a3 3 0 0 0-3-3zM5 11a7 7 0 0 0 14 0M12 18v3";
export const MICROPHONE_OFF = `${MICROPHONE}M4 3l16 18`;
export const CAMERA = "M3 7h11v10H3zM14 11l7-4v10l-7-4";
export const CAMERA_OFF = `${CAMERA}M3 3l18 18`;
export const TEXT = "M4 5h16v11H9l-5 4z";
export const MORE =
  "M4 12a1 1 0 1 0 2 0 1 1 0 1 0-2 0M11 12a1 1 0 1 0 2 0 1 1 0 1 0-2 0M18 12a1 1 0 1 0 2 0 1 1 0 1 0-2 0";
export const SWITCH_CAMERA = "M4 8h3l2-2h6l2 2h3v11H4zM9 13a3 3 0 0 1 5-2M15 14a3 3 0 0 1-5 2";
export const SWITCH_MICROPHONE =
  "M9 3a2 2 0 0 0-2 2v5a2 2 0 0 0 4 0V5a2 2 0 0 0-2-2zM4 10a5 5 0 0 0 9 3M9 15v4M16 7h5l-2-2M21 17h-5l2 2";
export const SCREEN = "M3 5h18v11H3zM8 20h8M12 13V8M9.500 10.500 12 8l2.500 2.500";
export const SOUND = "M4 10v4h4l5 4V6L8 10zM16 9a4 4 0 0 1 0 6M18.500 6.500a8 8 0 0 1 0 11";
export const FULL = "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5";
export const LEAVE = "M10 4H5v16h5M14 8l4 4-4 4M18 12H9";
export const END = "M3 14c5-5 13-5 18 0l-3 3-3-2v-3a12 12 0 0 0-6 0v3l-3 2z";
export const PHONE =
  "M5 3h4l2 5-2.500 1.500a11 11 0 0 0 6 6L16 13l5 2v4a2 2 0 0 1-2 2A16 16 0 0 1 3 5a2 2 0 0 1 2-2z";
export const BLUR =
  "M12 5a3 3 0 0 0-3 3a3 3 0 0 0 6 0a3 3 0 0 0-3-3zM7 20v-2a4 4 0 0 1 4-4h2a4 4 0 0 1 4 4v2M3 6h0.010M4 11h0.010M3 16h0.010M20 6h0.010M20 11h0.010M21 16h0.010";
export const CAPTIONS = "M3 5h18v14H3zM7 11h4M7 15h7M14 11h3M17 15h0.010";

/** How the files of studies and of their results are called. */

export const STUDY_FILE = /\.twinlens-study\.(?:ya?ml|json)$/iu;
export const RESULTS_FILE = /\.twinlens-results\.json$/iu;

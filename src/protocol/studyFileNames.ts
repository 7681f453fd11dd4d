/** How the files of studies and of their results are called. */

export const STUDY_FILE = /\.twinlens-study\.(?:ya?ml|json)$/iu;
/** The folder of a study's runs, without the study's name. */
export const RUNS_ENDING = ".twinlens-runs";
export const RESULTS_FILE = /\.twinlens-results\.json$/iu;

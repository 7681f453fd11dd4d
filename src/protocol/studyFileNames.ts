/** How the files of studies and of their results are called. */

export const STUDY_FILE = /\.twinlens-study\.(?:ya?ml|json)$/iu;
/** The folder of a study's runs, without the study's name. */
export const RUNS_ENDING = ".twinlens-runs";
/** The folder of what a study's models were trained to, likewise. */
export const ADAPTERS_ENDING = ".twinlens-adapters";
export const RESULTS_FILE = /\.twinlens-results\.json$/iu;

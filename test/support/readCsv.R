# Reads an export of scores as R does without options, and checks its columns' types.
#
#     Rscript test/support/readCsv.R SCORES.csv

text <- c("file", "model", "text", "model_name", "quantisation", "sha256", "tokenizer", "device",
          "attention", "llama_cpp", "twinlens", "mode", "bos")
whole <- c("token", "start", "end", "id", "rank", "coverage", "window", "stride", "max_windows",
           "characters_without_token")
real <- c("bits", "entropy_bits")

scores <- read.csv(commandArgs(trailingOnly = TRUE)[1])
stopifnot(
  sapply(scores[text], is.character),
  sapply(scores[whole], is.integer),
  sapply(scores[real], is.double),
  names(scores)[1:3] == c("file", "model", "token"),
  scores$model %in% c("base", "rlhf"),
  # Rows are whole: the tokens of each file and model are numbered from 0.
  tapply(scores$token, paste(scores$file, scores$model), function(token) all(token == seq_along(token) - 1))
)
cat(nrow(scores), "rows,", ncol(scores), "columns: the right types\n")

/** Help of the commands that fetch. */
export const GPU_HELP = `Adds llama.cpp's builds for GPUs. Without one the processor computes (and on Apple silicon the GPU).

Usage
  twinlens gpu                         what computes now, and what there is for this machine
  twinlens gpu add [cuda|vulkan]       fetches a build: the one named, or what suits this machine
  twinlens gpu remove                  deletes what was added

  --force            fetches a build although nothing was found here that it could compute on

Builds are npm packages of node-llama-cpp's (licence MIT), from the registry that npm uses (npm_config_registry, else
registry.npmjs.org). Each is held against the digest that came with Twinlens before it is unpacked. CUDA needs NVIDIA's
driver and the libraries of CUDA 13 or 12, Vulkan a GPU's driver for it and the loader.

They lie in TWINLENS_DATA, else in twinlens/ of the user's folder for data (XDG_DATA_HOME or ~/.local/share; on Windows
LOCALAPPDATA). The editor keeps its own. "--cpu" leaves them out.

Exit codes: 0 it was done; 1 it could not be done (standard error says why); 2 wrong usage; 129, 130, 143 ended by SIGHUP,
SIGINT, SIGTERM (what was fetched stays for the next attempt)
`;

export const MODELS_HELP = `Lists models and fetches them. Beside "twinlens gpu add", nothing else of twinlens opens a connection.

Usage
  twinlens models list              what is on this machine, and pairs and models that can be fetched
  twinlens models get NAME…         fetches models: names of the list (of a pair: both models), sources, or addresses
  twinlens models remove NAME…      deletes models that twinlens has fetched, or what was begun of them; NAME may be a path
  twinlens models path NAME         where a model lies (of a pair: the base model, then its RLHF twin)

Sources are hf:user/repository/file.gguf, with #revision behind it where one is wanted; of a split model its first file
(-00001-of-00002.gguf). get shows licences and sizes, and asks before anything is fetched. A pair that is whole then is
added to pairs.json, so that "twinlens score FILE --pair NAME" works. Ctrl+C pauses: the same command goes on.
Files get their names once their sha256 is that of the catalogue, of --sha256, or of the hub; where nobody names one,
they are "not verified", and theirs is kept.

  --yes, -y          get: agrees to licences and sizes without a question
  --sha256 HEX       get: what the only file must have
  --to DIR           get: another folder, below which models are kept
  --token-stdin      get: a token for the hub comes on standard input (needs --yes); else HF_TOKEN holds it.
                     It goes to the hub alone, for models that want one
  --in DIR           list, remove, path: that other folder
  --format FORMAT    list: table (default), json
  --catalog FILE     a catalogue beside the built-in one; may be given several times

Environment
  TWINLENS_MODELS    where models are kept; else models/ in TWINLENS_DATA, else in twinlens/ of the user's folder for data
                     (XDG_DATA_HOME or ~/.local/share; on Windows LOCALAPPDATA)
  HF_ENDPOINT        another hub than https://huggingface.co
  HTTPS_PROXY, HTTP_PROXY, NO_PROXY, NODE_EXTRA_CA_CERTS    as usual

Exit codes: 0 done; 1 something could not be fetched, removed or found (standard error says what); 2 wrong usage;
129, 130, 143 ended by SIGHUP, SIGINT, SIGTERM
`;

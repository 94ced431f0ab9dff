// Checks and tries out rules beside the page, so that typing never waits. Takes `{id, call, argument, language}`, one
// after another, and answers `{id, answer}`, or `{id, error}` when the module broke: then this worker is of no more use.
import start, { check, say, simulate } from "%ENGINE%";

const calls = { check, say, simulate };
const ready = start({ module_or_path: "%ENGINE_WASM%" });

onmessage = async ({ data: { id, call, argument, language } }) => {
  try {
    await ready;
    postMessage({ id, answer: calls[call](argument, language) });
  } catch (error) {
    postMessage({ id, error: String(error) });
  }
};

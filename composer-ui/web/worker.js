// Checks and tries out rules beside the page, so that typing never waits. Takes `{id, call, argument}`, one after
// another, and answers `{id, answer}`, or `{id, error}` when the module broke: then this worker is of no more use.
import start, { check, simulate } from "%ENGINE%";

const calls = { check, simulate };
const ready = start({ module_or_path: "%ENGINE_WASM%" });

onmessage = async ({ data: { id, call, argument } }) => {
  try {
    await ready;
    postMessage({ id, answer: calls[call](argument) });
  } catch (error) {
    postMessage({ id, error: String(error) });
  }
};

export default async function stopSharedExchange() {
  await globalThis.__HIE_STOP_SHARED_EXCHANGE__?.();
}

import { useContext, useEffect, useRef } from 'preact/hooks';
import { NoticeContext } from '../useNotices.ts';

/** The results of the latest actions, at the edge of the window, so that the page does not move. */
export function NoticeList() {
  const { shown, dismiss } = useContext(NoticeContext) ?? { shown: [], dismiss: () => {} };
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // Showing it again puts it above a dialog that was opened since.
    list.current?.hidePopover();
    if (shown.length > 0) list.current?.showPopover();
  }, [shown]);
  return (
    <div id="notices" ref={list} popover="manual" role="status" aria-live="polite">
      {shown.map(({ id, text, isBad }) => (
        <p key={id} class={isBad ? 'notice bad' : 'notice'}>
          <span>{text}</span>
          <button type="button" onClick={() => dismiss(id)}>
            Dismiss<span class="for">: {text}</span>
          </button>
        </p>
      ))}
    </div>
  );
}

import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

interface ModalProps {
  titleId: string;
  class?: string;
  onClose(): void;
  children: ComponentChildren;
}

/** A dialog over the page. The browser keeps the focus inside it, and returns the focus when it closes. */
export function Modal({ titleId, class: name = '', onClose, children }: ModalProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const shown = dialog.current;
    const before = document.activeElement;
    shown?.showModal();
    // By default the browser focuses the first control, which is not always the harmless one.
    shown?.querySelector<HTMLElement>('[data-first]')?.focus();
    return () => {
      shown?.close();
      // The browser returns the focus only if the dialog is still in the page.
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      class={name}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        dialog.current?.close();
        onClose();
      }}
    >
      <div class="inside">{children}</div>
    </dialog>
  );
}

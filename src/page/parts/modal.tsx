import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

interface ModalProps {
  titleId: string;
  class?: string;
  onClose(): void;
  children: ComponentChildren;
}

/** A dialog over the page. The browser keeps the keyboard inside of it; closed, it goes back to where it was. */
export function Modal({ titleId, class: name = '', onClose, children }: ModalProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const shown = dialog.current;
    const before = document.activeElement;
    shown?.showModal();
    // The browser's own choice is the first control, which is not always the harmless one.
    shown?.querySelector<HTMLElement>('[data-first]')?.focus();
    return () => {
      shown?.close();
      // The browser puts the keyboard back for a dialog that is still in the page only.
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

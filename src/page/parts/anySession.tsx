import { useContext, useState } from 'preact/hooks';
import { parsePastedSessionId } from '../../cleanup/model/sessionId.ts';
import { sessionLink } from '../useSessionLink.ts';
import { DeleteContext } from './deleteDialog.tsx';

/** Shows or deletes any session on the cluster, registered or not. */
export function AnySession() {
  const [text, setText] = useState('');
  const askToDelete = useContext(DeleteContext);
  const parsed = parsePastedSessionId(text);
  const id = 'id' in parsed ? parsed.id : undefined;
  return (
    <form
      class="inline"
      onSubmit={(event) => {
        event.preventDefault();
        if (id !== undefined) askToDelete({ id, about: undefined });
      }}
    >
      <label for="one-id">Any session on the cluster</label>
      <input
        id="one-id"
        class="guid"
        value={text}
        required
        autocomplete="off"
        spellcheck={false}
        size={38}
        placeholder="6f9619ff-8b86-d011-b42d-00c04fc964ff"
        onInput={({ currentTarget }) => {
          const { value } = currentTarget;
          const typed = parsePastedSessionId(value);
          currentTarget.setCustomValidity(value !== '' && 'error' in typed ? `It ${typed.error}.` : '');
          setText(value);
        }}
      />
      <button
        type="button"
        onClick={({ currentTarget }) => {
          if (currentTarget.form?.reportValidity() && id !== undefined) location.hash = sessionLink(id);
        }}
      >
        Show
      </button>
      <button type="submit">Delete …</button>
    </form>
  );
}

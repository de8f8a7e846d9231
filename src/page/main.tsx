import { render } from 'preact';
import { takeKeyFromAddress } from './key.ts';
import { Page } from './page.tsx';
import { Readable } from './parts/unreadable.tsx';
import './styles.css';

takeKeyFromAddress();
const root = document.getElementById('page');
if (root)
  render(
    <Readable>
      <Page />
    </Readable>,
    root,
  );

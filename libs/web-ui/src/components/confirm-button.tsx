import { Button, Group, Modal, Stack, type ButtonProps } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { ReactNode } from 'react';
import { useUiWords } from '../i18n/ui-words.js';

export interface ConfirmProps {
  readonly label: string;
  readonly title: string;
  /** What will happen, and choices about it. */
  readonly children: ReactNode;
  /** On the button that does it; `label` when left out. */
  readonly confirm?: string;
  readonly color?: string;
  readonly onConfirm: () => void;
  readonly button?: ButtonProps;
}

/** A button for what cannot be taken back: it says what will happen and asks once. */
export function ConfirmButton({ label, title, children, confirm = label, color, onConfirm, button }: ConfirmProps) {
  const say = useUiWords();
  const [isOpen, { open, close }] = useDisclosure();
  return (
    <>
      <Button variant="default" {...button} onClick={open}>
        {label}
      </Button>
      <Modal opened={isOpen} onClose={close} title={title} centered>
        <Stack>
          {children}
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {say('action.cancel')}
            </Button>
            <Button
              {...(color === undefined ? {} : { color })}
              onClick={() => {
                close();
                onConfirm();
              }}
            >
              {confirm}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}

import { useUiWords } from '@hansa/web-ui';
import { Button, Group, Modal, Stack, type ButtonProps } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { ReactNode, SyntheticEvent } from 'react';

export interface FormButtonProps {
  /** On the button that opens it. */
  readonly label: string;
  /** Over the form; `label` when left out. */
  readonly title?: string;
  readonly submit: string;
  readonly children: ReactNode;
  readonly isReady?: boolean;
  readonly onSubmit: () => void;
  readonly button?: ButtonProps;
}

/** A button that opens a small form. */
export function FormButton({
  label,
  title = label,
  submit,
  children,
  isReady = true,
  onSubmit,
  button,
}: FormButtonProps) {
  const say = useUiWords();
  const [isOpen, { open, close }] = useDisclosure();
  const send = (event: SyntheticEvent) => {
    event.preventDefault();
    // As in `ReasonButton`: not for the form the button stands in.
    event.stopPropagation();
    close();
    onSubmit();
  };
  return (
    <>
      <Button {...button} onClick={open}>
        {label}
      </Button>
      <Modal opened={isOpen} onClose={close} title={title} centered>
        <form onSubmit={send}>
          <Stack>
            {children}
            <Group justify="flex-end">
              <Button variant="default" onClick={close}>
                {say('action.cancel')}
              </Button>
              <Button type="submit" disabled={!isReady}>
                {submit}
              </Button>
            </Group>
          </Stack>
        </form>
      </Modal>
    </>
  );
}

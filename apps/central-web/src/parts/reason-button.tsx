import { useUiWords } from '@hansa/web-ui';
import { Button, Group, Modal, Stack, Text, Textarea, type ButtonProps } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useState, type SyntheticEvent } from 'react';

export interface ReasonProps {
  readonly label: string;
  readonly title: string;
  /** What will happen. */
  readonly lead: string;
  /** What is asked for. */
  readonly reason: string;
  readonly color?: string;
  readonly optional?: boolean;
  readonly onGiven: (reason: string) => void;
  readonly button?: ButtonProps;
}

/** A button for decisions that somebody else will read the reason of. */
export function ReasonButton({ label, title, lead, reason, color, optional = false, onGiven, button }: ReasonProps) {
  const say = useUiWords();
  const [isOpen, { open, close }] = useDisclosure();
  const [text, setText] = useState('');
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    // React hands events of a dialog on to whatever form the button stands in: halting a rollout would set its percent, too.
    event.stopPropagation();
    close();
    onGiven(text.trim());
    setText('');
  };
  const tint = color === undefined ? {} : { color };
  return (
    <>
      <Button variant="default" {...button} onClick={open}>
        {label}
      </Button>
      <Modal opened={isOpen} onClose={close} title={title} centered>
        <form onSubmit={submit}>
          <Stack>
            <Text size="sm">{lead}</Text>
            <Textarea
              label={reason}
              required={!optional}
              withAsterisk={false}
              autosize
              minRows={3}
              maxLength={2_000}
              value={text}
              data-autofocus
              onChange={({ currentTarget: { value } }) => setText(value)}
            />
            <Group justify="flex-end">
              <Button variant="default" onClick={close}>
                {say('action.cancel')}
              </Button>
              <Button type="submit" disabled={!optional && text.trim() === ''} {...tint}>
                {label}
              </Button>
            </Group>
          </Stack>
        </form>
      </Modal>
    </>
  );
}

import { Anchor, Button, type AnchorProps, type ButtonProps } from '@mantine/core';
import { createLink } from '@tanstack/react-router';
import type { AnchorHTMLAttributes, ReactNode } from 'react';

type Attributes<Props> = Omit<AnchorHTMLAttributes<HTMLAnchorElement>, keyof Props>;

function PlainAnchor(props: AnchorProps & Attributes<AnchorProps> & { readonly children?: ReactNode }) {
  return <Anchor {...props} />;
}

function AnchorButton(props: ButtonProps & Attributes<ButtonProps>) {
  return <Button component="a" {...props} />;
}

/** A link to a page of this app, in running text. */
export const LinkAnchor = createLink(PlainAnchor);

/** A link to a page of this app that looks like a button. */
export const LinkButton = createLink(AnchorButton);

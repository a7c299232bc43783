import { Anchor, type AnchorProps } from '@mantine/core';
import { IconArrowLeft } from '@tabler/icons-react';
import { createLink } from '@tanstack/react-router';
import type { AnchorHTMLAttributes } from 'react';
import classes from './back-link.module.css';

function ArrowAnchor({
  children,
  className = '',
  ...props
}: AnchorProps & Omit<AnchorHTMLAttributes<HTMLAnchorElement>, keyof AnchorProps>) {
  return (
    <Anchor size="sm" {...props} className={`${classes['back']} ${className}`}>
      <IconArrowLeft size={14} aria-hidden /> {children}
    </Anchor>
  );
}

/** Over the heading: the list this page belongs to. */
export const BackLink = createLink(ArrowAnchor);

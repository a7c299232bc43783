CREATE DATABASE hansa_tenant;
